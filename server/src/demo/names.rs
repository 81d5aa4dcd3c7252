//! The invented pupils. The first are here because names like theirs have broken programs.

const AWKWARD: [(&str, &str); 32] = [
    ("Åse", "Østby Lien"),
    ("Bo", "Å"),
    ("Pål-Ærlend", "Bjørnø-Sæther"),
    ("Máhtte Ánte", "Sárá Nutti"),
    ("Biret Elle", "Guttormsen Čáhppe"),
    ("Zofia", "Szczepańska-Wójcik"),
    ("Łukasz", "Grzegorczyk"),
    ("Hodan", "Abdirahman Xasan Cali"),
    ("Cabdi", "Maxamed Warsame"),
    ("Thirukumaran", "Balasubramaniam"),
    ("Kaviya", "Sivasubramaniam Nadarajah"),
    ("Ngọc Ánh", "Nguyễn"),
    (
        "Maximiliane Alexandra Konstanse",
        "von Hohenberg-Fredriksen Aarflot",
    ),
    ("O", "Li"),
    ("Ola", "Hansen"),
    ("Ola", "Hansen"),
    ("D'Angelo", "O'Brien"),
    ("Jean-Luc", "d'Aubigné"),
    ("Günther", "Groß-Müller"),
    ("Aleksandra", "Đorđević"),
    ("İpek", "Yıldırım"),
    ("Anne Marie", "Dahl"),
    ("Anne-Marie", "Dahl"),
    ("Annemarie", "Dahl"),
    ("Noor ul-Ain", "Malik"),
    ("Sindre", "Test"),
    ("Ane", "Null"),
    ("Mari", "Bakken Lunde Vik"),
    ("Ola", "Hansen"),
    ("Sølvi", "Aaberg"),
    ("Ådne", "Åberg"),
    ("Yùwén", "Lǐ"),
];
const GIVEN: [&str; 16] = [
    "Emma", "Jakob", "Nora", "Emil", "Selma", "Aksel", "Iben", "Oskar", "Leah", "Tiril", "Ludvig",
    "Vilde", "Sander", "Amina", "Mathea", "Isak",
];
const FAMILY: [&str; 17] = [
    "Nordby", "Solheim", "Brekke", "Hauge", "Myhre", "Sunde", "Ruud", "Engen", "Bråten", "Løken",
    "Tangen", "Hovland", "Vangen", "Moe", "Eide", "Fossum", "Rønning",
];
const PUPILS: usize = 88;

pub(super) fn pupils() -> Vec<(&'static str, &'static str)> {
    let ordinary = (0..).map(|n| (GIVEN[n % GIVEN.len()], FAMILY[n % FAMILY.len()]));
    AWKWARD.into_iter().chain(ordinary).take(PUPILS).collect()
}
