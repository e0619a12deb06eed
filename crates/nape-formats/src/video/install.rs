//! How to get ffmpeg on the machine at hand.

/// The command that installs ffmpeg here, as a phrase: "on Debian or Ubuntu: apt install ffmpeg".
pub(super) fn ffmpeg() -> String {
    if cfg!(target_os = "macos") {
        "on macOS: brew install ffmpeg".to_owned()
    } else if cfg!(target_os = "windows") {
        "on Windows: winget install ffmpeg".to_owned()
    } else {
        linux(&std::fs::read_to_string("/etc/os-release").unwrap_or_default())
    }
}

fn linux(os_release: &str) -> String {
    let value = |key: &str| {
        os_release
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
            .unwrap_or("")
            .trim_matches(['"', '\''])
    };
    let names = [value("ID"), value("ID_LIKE")].join(" ");
    let advice = names.split_whitespace().find_map(|name| match name {
        "debian" | "ubuntu" => Some("on Debian or Ubuntu: sudo apt install ffmpeg"),
        "fedora" | "rhel" | "centos" => Some("on Fedora: sudo dnf install ffmpeg-free"),
        "arch" => Some("on Arch: sudo pacman -S ffmpeg"),
        _ => None,
    });
    advice
        .unwrap_or("with the package manager of this system: the package is called ffmpeg")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::linux;

    #[test]
    fn the_advice_follows_the_distribution_or_its_parent() {
        assert!(linux("ID=debian\n").contains("apt install ffmpeg"));
        assert!(
            linux("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n").contains("apt")
        );
        assert!(linux("ID=fedora\n").contains("dnf install ffmpeg-free"));
        assert!(linux("ID=rocky\nID_LIKE=\"rhel centos fedora\"\n").contains("dnf"));
        assert!(linux("ID=manjaro\nID_LIKE=arch\n").contains("pacman -S ffmpeg"));
        assert!(linux("").contains("package manager"));
    }
}
