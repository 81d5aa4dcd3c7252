//! What to call this browser in a person's list of devices.

/// Such as `Firefox, Android`. A rough reading of the user agent: it is shown to its owner and decides nothing.
pub fn name() -> String {
    let agent = super::page::window()
        .and_then(|window| window.navigator().user_agent().ok())
        .unwrap_or_default();
    name_of(&agent)
}

fn name_of(agent: &str) -> String {
    // The order matters: Edge says it is Chrome too, and Chrome says it is Safari.
    let browsers = [
        ("Edg", "Edge"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
    ];
    let engines = [
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |words: &[(&str, &'static str)]| {
        words
            .iter()
            .find(|(word, _)| agent.contains(word))
            .map(|(_, name)| *name)
    };
    let browser = find(&browsers).or_else(|| find(&engines));
    [browser, find(&systems)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_browser_is_called_by_its_own_name_and_not_by_those_it_imitates() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(name_of(edge), "Edge, Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1";
        assert_eq!(name_of(phone), "Safari, iPhone");
        assert_eq!(name_of(""), "");
    }
}
