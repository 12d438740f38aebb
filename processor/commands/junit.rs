//! Test results as the XML of `junit`, which every CI server reads.

use std::fmt::Write as _;

use super::test::Case;

/// One suite with all cases.
pub(super) fn report(cases: &[Case<'_>]) -> String {
    let failed = cases.iter().filter(|case| !case.passed).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, "<testsuites><testsuite name=\"spicchio\" tests=\"{}\" failures=\"{failed}\">", cases.len());
    for case in cases {
        let (file, name) = (escaped(case.file), escaped(case.test));
        let _ = write!(xml, "<testcase classname=\"{file}\" name=\"{name}\" file=\"{file}\" line=\"{}\"", case.line);
        if case.passed {
            xml.push_str("/>\n");
        } else {
            let first = case.failures.first().map_or("", String::as_str);
            let all = case.failures.join("\n");
            let _ = writeln!(xml, "><failure message=\"{}\">{}</failure></testcase>", escaped(first), escaped(&all));
        }
    }
    xml.push_str("</testsuite></testsuites>\n");
    xml
}

/// Text as XML takes it; characters that XML has no form for become U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_and_nothing_breaks_the_xml() {
        let case = |passed, failures| Case { file: "a.yaml", line: 3, test: "<&\"\u{1}>", passed, failures, why: None };
        let xml = report(&[case(true, Vec::new()), case(false, vec!["x < y".to_owned(), "z".to_owned()])]);
        let name = "classname=\"a.yaml\" name=\"&lt;&amp;&quot;\u{fffd}&gt;\" file=\"a.yaml\" line=\"3\"";
        assert_eq!(
            xml.lines().skip(1).collect::<Vec<_>>(),
            [
                "<testsuites><testsuite name=\"spicchio\" tests=\"2\" failures=\"1\">",
                &format!("<testcase {name}/>"),
                &format!("<testcase {name}><failure message=\"x &lt; y\">x &lt; y&#10;z</failure></testcase>"),
                "</testsuite></testsuites>",
            ]
        );
    }
}
