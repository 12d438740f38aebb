//! What is wrong is said on standard error, with a way out and the documented exit code.

use crate::program::{EVENTS, SHOP, Scratch, check, program, said};

#[test]
fn usage_is_told_with_code_2() {
    check(&[], 2, "", "Usage: spicchio");
    check(&["replya"], 2, "", "'replay'");
    check(&["check", "no/such/folder"], 2, "", "no/such/folder");
    check(&["check", "schemas/examples/shop/none.yaml"], 2, "", "none.yaml");
    check(&["replay", "--segments", SHOP, "--events", "none.ndjson"], 2, "", "none.ndjson cannot be read");
    check(&["replay", "--segments", SHOP, "--events", EVENTS, "--max-late", "3mo"], 2, "", "use days or weeks");
    check(&["replay", "--segments", SHOP, "--events", EVENTS, "--until", "soon"], 2, "", "write 2026-01-31");
    check(&["replay", "--segments", SHOP, "--events", EVENTS, "--decode", "{time: a}"], 2, "", "write `/a`");
    check(&["explain", "--segments", SHOP, "--events", EVENTS, "--customer", "anna", "--segment", "x"], 2, "", "`x`");
}

#[test]
fn bad_definitions_end_every_command_with_code_1() {
    let text = "segments:\n  - segment: a\n    when: count(purchse) > 0\n";
    let file = Scratch::new("bad.yaml", text);
    let hint = "did you mean `purchase`?";
    check(&["check", file.path()], 1, "bad.yaml: 1 mistake\n", hint);
    check(&["test", file.path()], 1, "", hint);
    check(&["replay", "--segments", file.path(), "--events", EVENTS], 1, "", hint);
    check(&["check", file.path(), "--output", "json"], 1, "\"column\": 17", "");
}

#[test]
fn a_refused_configuration_ends_with_code_78_and_every_mistake() {
    check(&["run"], 78, "", "`kafka` is missing");
    check(&["run", "--config", "none.yaml"], 78, "", "none.yaml: cannot be read");
    let said = said(program(&["run", "--config", "schemas/examples/config.invalid.yaml"]), "");
    assert_eq!((said.code, said.out.as_str()), (Some(78), ""));
    for line in
        ["config.invalid.yaml:2:1: `kafka.brokers` is missing", ":3:3: `kafka.broker`", ":6:1: `grace` must be text"]
    {
        assert!(said.err.contains(line), "{line} is not in {}", said.err);
    }
    let bad = Scratch::new("refused.yaml", "segments:\n  - segment: a\n    when: count(purchse) > 0\n");
    let segments = format!("segments={}", bad.path());
    let arguments = [
        "run",
        "--set",
        "kafka.brokers=localhost:1",
        "--set",
        "inputs=events",
        "--set",
        &segments,
        "--set",
        "log.level=off",
    ];
    check(&arguments, 78, "", "did you mean `purchase`?");
}

#[test]
fn a_failing_test_shows_expected_actual_and_why() {
    let text = std::fs::read_to_string(SHOP).expect("the example is there").replace("14:00:00.250Z", "13:00:00.250Z");
    let file = Scratch::new("failing.yaml", &text);
    let junit = Scratch::new("failing.xml", "");
    let said = said(program(&["test", file.path(), "--junit", junit.path()]), "");
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));
    for line in [
        "expected, did not happen:  2026-01-05T13:00:00.250Z anna entered cart-abandoned\n",
        "happened, not expected:    2026-01-05T14:00:00.250Z anna entered cart-abandoned\n",
        "why, for anna and cart-abandoned at 2026-01-05T13:00:00.250Z:\n",
        "- since(last(cart_add)) >= 4h   [3h]",
        "1 passed, 1 failed\n",
    ] {
        assert!(said.out.contains(line), "{line} is not in {}", said.out);
    }
    assert!(junit.read().contains("tests=\"2\" failures=\"1\""), "{}", junit.read());
    check(&["test", SHOP, "--run", "no such test"], 1, "", "no test was found");
}
