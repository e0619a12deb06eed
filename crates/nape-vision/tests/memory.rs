//! What the watch holds in memory: a picture once while it is looked at, and none afterwards.
//!
//! The same pictures are shown small and nine times as large. What the networks need does not grow with a picture; what does is a picture, or what is left of one.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use nape_core::picture::RgbImage;
use nape_core::sample::Observation;
use nape_core::watch::{Now, Policy};
use nape_vision::Models;
use nape_vision::watch::Watcher;
use peak_alloc::PeakAlloc;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Three bytes a pixel, and how many of them are in a row.
struct Picture {
    data: Vec<u8>,
    row: usize,
}

fn portrait() -> Picture {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/portraits/astronaut.jpg");
    let bytes = std::fs::read(file).expect("the portrait is in the repository");
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(std::io::Cursor::new(&bytes), options);
    let data = decoder.decode().expect("the portrait is a sound JPEG");
    let (width, _) = decoder.dimensions().expect("a decoded picture has a size");
    Picture {
        data,
        row: 3 * width,
    }
}

impl Picture {
    /// Moved a little to one side, so that no look is left out for stillness, and each pixel `times` as wide and tall.
    fn shown(&self, times: usize, moved: usize) -> RgbImage {
        let mut data = Vec::with_capacity(self.data.len() * times * times);
        for row in self.data.chunks_exact(self.row) {
            let pixels = row.as_chunks::<3>().0;
            for _ in 0..times {
                for at in 0..pixels.len() {
                    let pixel = pixels[(at + moved) % pixels.len()];
                    for _ in 0..times {
                        data.extend_from_slice(&pixel);
                    }
                }
            }
        }
        let width = self.row / 3 * times;
        let height = self.data.len() / self.row * times;
        RgbImage::new(width as u32, height as u32, data).expect("three bytes a pixel")
    }
}

/// Bytes of one picture, what the watch still holds after a minute of looks, and the most that there was during one, the picture included.
struct Held {
    picture: usize,
    kept: usize,
    most: usize,
}

fn watch(models: &Arc<Models>, portrait: &Picture, times: usize) -> Held {
    let before = HEAP.current_usage();
    let mut watcher = Watcher::new(Arc::clone(models), Policy::default());
    watcher.set_camera(Vec::new());
    let start = Timestamp::from_second(1_800_000_000).expect("an instant");
    let (mut seen, mut measured, mut most) = (0, 0, 0);
    for look in 0..60_u32 {
        let t_s = 0.25 * f64::from(look);
        let image = portrait.shown(times, 2 * (look as usize % 3));
        let now = Now {
            t_s,
            at: start + jiff::SignedDuration::from_secs_f64(t_s),
            local: date(2027, 1, 15).at(9, 0, 0, 0),
        };
        if look == 10 {
            watcher.calibrate("desk".into(), "Desk".into());
        }
        HEAP.reset_peak_usage();
        let looked = watcher.look(image, &now).expect("the networks run");
        most = most.max(HEAP.peak_usage().saturating_sub(before));
        seen += u32::from(!looked.skipped && !matches!(looked.observation, Observation::Away));
        measured += u32::from(matches!(looked.calibrated, Some(Ok(_))));
    }
    assert!(
        seen > 50 && measured == 1,
        "{seen} looks, measured {measured} times"
    );
    Held {
        picture: portrait.data.len() * times * times,
        kept: HEAP.current_usage().saturating_sub(before),
        most,
    }
}

#[test]
fn no_picture_is_kept_and_none_is_there_twice() {
    let models = Models::load().expect("the networks are in the program");
    let portrait = portrait();
    let small = watch(&models, &portrait, 1);
    let large = watch(&models, &portrait, 3);
    let kib = |bytes: usize| bytes / 1024;
    println!(
        "kept {} and {} KiB, at most {} and {} KiB, with pictures of {} and {} KiB",
        kib(small.kept),
        kib(large.kept),
        kib(small.most),
        kib(large.most),
        kib(small.picture),
        kib(large.picture)
    );
    let grown = large.picture - small.picture;
    assert!(large.kept < small.kept + grown / 8);
    assert!(large.most < small.most + grown + grown / 2);
}
