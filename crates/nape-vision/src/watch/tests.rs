//! Setups as text. The watcher itself is tested on scripted clips (`crates/nape/tests/clips.rs`), which need pictures of people.

use nape_core::frames::{Angles, Rotation};
use nape_core::units::Degrees;
use nape_core::watch::Place;
use proptest::prelude::*;

use super::*;

fn setup(name: &str, [flexion, lateral, rotation]: [f64; 3], x: f64, size: f64) -> Setup {
    let degrees = |value| Degrees::new(value).unwrap();
    let angles = Angles {
        flexion: degrees(flexion),
        lateral: degrees(lateral),
        rotation: degrees(rotation),
    };
    Setup {
        id: "desk-1".to_owned(),
        name: name.to_owned(),
        neutral: FittedNeutral {
            neutral: Neutral::Front {
                camera_from_neutral: Rotation::from_angles(angles),
                residual_cm: Some(0.4),
            },
            samples: 25,
            still: true,
        },
        place: Place {
            camera_from_head: Rotation::from_angles(angles),
            x,
            y: 0.5,
            size,
        },
    }
}

proptest! {
    #[test]
    fn a_setup_comes_back_from_its_text(
        name in ".{0,40}",
        angles in prop::array::uniform3(-60.0..60.0f64),
        x in 0.0..1.0f64,
        size in 0.05..1.0f64,
    ) {
        let setup = setup(&name, angles, x, size);
        let back = Setup::from_text(&setup.to_text()).unwrap();
        // JSON may change the last bit of a number.
        let turned = back.place.camera_from_head.angle_to(&setup.place.camera_from_head);
        prop_assert!(turned.value() < 1e-5);
        prop_assert!((back.place.x - x).abs() + (back.place.size - size).abs() < 1e-12);
        prop_assert_eq!(&back.name, &setup.name);
        prop_assert_eq!((&back.id, back.neutral.samples), (&setup.id, setup.neutral.samples));
    }

    #[test]
    fn rubbish_is_no_setup(text in ".{0,200}") {
        prop_assert_eq!(Setup::from_text(&text), None);
    }
}

#[test]
fn a_damaged_setup_is_none() {
    let whole = setup("Desk", [5.0, 0.0, 0.0], 0.25, 0.375).to_text();
    for (part, other) in [
        ("0.375", "0"),
        ("0.375", "-0.375"),
        ("0.375", "1e300"),
        ("0.25", "7.5"),
        ("[1.0,", "[1.5,"),
        ("\"samples\":25", "\"samples\":-1"),
    ] {
        assert!(whole.contains(part), "{part} is not in {whole}");
        assert_eq!(
            Setup::from_text(&whole.replace(part, other)),
            None,
            "{part}"
        );
    }
}
