//! Mistakes are all found, with their place; settings come from where they should.

use std::path::{Path, PathBuf};

use super::*;

const SMALL: &str = "kafka: {brokers: localhost:9092}\ninputs: [events]\nsegments: [segments]\n";

/// Writes the file into a folder of its own and loads it; the folder is gone afterwards.
fn loaded(name: &str, text: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Loaded, Refused> {
    let folder = Folder::new(name);
    let file = folder.0.join("spicchio.yaml");
    std::fs::write(&file, text).unwrap();
    let pairs = |list: &[(&str, &str)]| list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    load(&Sources { file: Some(file), environment: pairs(environment), flags: pairs(flags) })
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("spicchio-config-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The mistakes as an operator reads them, the folder left out.
fn mistakes(name: &str, text: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Vec<String> {
    let refused = loaded(name, text, environment, flags).expect_err("the configuration should be refused");
    let short = |mistake: &Mistake| {
        let text = mistake.to_string();
        text.find("spicchio.yaml").and_then(|at| text.get(at..)).map_or(text.clone(), str::to_owned)
    };
    refused.mistakes.iter().map(short).collect()
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = loaded("defaults", SMALL, &[], &[]).unwrap().config;
    assert_eq!(config.kafka.group, "spicchio");
    assert_eq!(config.inputs.len(), 1);
    assert_eq!(config.inputs[0].topic, "events");
    assert_eq!(config.inputs[0].rules.max_ahead_millis, Some(5 * 60_000));
    assert_eq!(config.inputs[0].rules.max_late_millis, Some(30 * 86_400_000));
    assert_eq!(config.inputs[0].dedup_millis, 10 * 60_000);
    assert_eq!(config.outputs.transitions, "spicchio.transitions.v1");
    assert_eq!(config.grace_millis, 1_000);
    assert_eq!(config.forget_after, Length::new(25, 0));
    assert_eq!(config.output_bytes_max, 256 * 1024);
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert!(config.segments[0].ends_with("segments") && config.segments[0].is_absolute(), "{:?}", config.segments);
    assert!(config.workers >= 1);
}

/// A case: its name, the file's text (after `+`, what follows [`SMALL`]), and the mistakes it holds.
type Case = (&'static str, &'static str, &'static [&'static str]);

const MISTAKES: &[Case] = &[
    (
        "empty",
        "",
        &[
            "`kafka` is missing; say which broker to ask first, such as `kafka: {brokers: localhost:9092}`",
            "`inputs` is missing; name the topics to read, such as `inputs: [events]`",
            "`segments` is missing; name files or folders of definitions, such as `segments: [segments]`",
        ],
    ),
    (
        "unknown",
        "+grase: 1s\nkafak: 1",
        &[
            "spicchio.yaml:4:1: `grase` is not a setting; did you mean `grace`?",
            "spicchio.yaml:5:1: `kafak` is not a setting; did you mean `kafka`?",
        ],
    ),
    (
        "nested",
        "kafka:\n  broker: localhost:9092\ninputs: [events]\nsegments: [s]\n",
        &[
            "spicchio.yaml:1:1: `kafka.brokers` is missing; say which broker to ask first, such as `kafka: \
                {brokers: localhost:9092}`",
            "spicchio.yaml:2:3: `kafka.broker` is not a setting; did you mean `brokers`?",
        ],
    ),
    (
        "far",
        "+http: {port: 80}",
        &["spicchio.yaml:4:8: `http.port` is not a setting; known \
            here: listen"],
    ),
    (
        "types",
        "+workers: many\ngrace: 1\noutputs: none",
        &[
            "spicchio.yaml:4:1: `workers` must be a whole number, not `many`",
            "spicchio.yaml:5:1: `grace` must be text, not `1`",
            "spicchio.yaml:6:1: `outputs` must be a mapping, not `none`",
        ],
    ),
    (
        "range",
        "+workers: 0\nmax_customers: 0",
        &[
            "spicchio.yaml:4:1: `workers` must be 1 to 256, not 0",
            "spicchio.yaml:5:1: `max_customers` must be 1 or more, not 0",
        ],
    ),
    (
        "enumeration",
        "+clock: event\nlog: {format: xml}",
        &[
            "spicchio.yaml:4:1: `clock` must be one of wall, events, not `event`; did you mean `events`?",
            "spicchio.yaml:5:7: `log.format` must be one of text, json, not `xml`",
        ],
    ),
    (
        "lengths",
        "+grace: soon\nforget_after: 1.5y",
        &[
            "spicchio.yaml:4:1: `grace` is `soon`, which is not a length of time; such as 250ms, 30s, 15m, 4h, \
                7d, 2w, 3mo, 1y or 1d12h",
            "spicchio.yaml:5:1: `forget_after` is `1.5y`, which is not a length of time; such as 250ms, 30s, \
                15m, 4h, 7d, 2w, 3mo, 1y or 1d12h",
        ],
    ),
    (
        "calendar",
        "+grace: 1mo",
        &["spicchio.yaml:4:1: `grace` is `1mo`, and months differ in \
            length; use days or weeks"],
    ),
    (
        "memory",
        "+forget_after: 30d",
        &["spicchio.yaml:2:10: `inputs[0].max_late` is 30d, and customers are forgotten after 30d; \
                `forget_after` must be longer than every `max_late`"],
    ),
    (
        "inputs",
        "kafka: {brokers: localhost:9092}\nsegments: [s]\ninputs:\n  - a\n  - {topic: a, dedup: 2d, \
            control: true, profile: true, tpoic: b}\n",
        &["spicchio.yaml:5:57: `inputs[1].tpoic` is not a setting; did you mean `topic`?"],
    ),
    (
        "input-values",
        "kafka: {brokers: localhost:9092}\nsegments: [s]\ninputs:\n  - a\n  - {topic: a, \
            dedup: 2d, control: true, profile: true}\n",
        &[
            "spicchio.yaml:5:5: `inputs[1]` is both `control` and `profile`; an `erase` in a compacted topic \
                would be lost",
            "spicchio.yaml:5:5: `inputs[1]` names `a`, which is already read or written; use each topic once",
            "spicchio.yaml:5:16: `inputs[1].dedup` is `2d`; at most 1d",
        ],
    ),
    (
        "mapping",
        "kafka: {brokers: localhost:9092}\nsegments: [s]\ninputs:\n  - topic: a\n    \
            decode: {type: {at: /e, defalt: x}}\n",
        &["spicchio.yaml:5:29: `inputs[0].decode.type.defalt` is not a setting; did you mean `default`?"],
    ),
    (
        "pointer",
        "kafka: {brokers: localhost:9092}\nsegments: [s]\ninputs:\n  - topic: a\n    decode: {time: $.sent.at}\n",
        &["spicchio.yaml:5:5: `inputs[0].decode` is refused: `time: $.sent.at` is not a JSON pointer: \
            write `/sent/at`"],
    ),
    (
        "brokers",
        "kafka: {brokers: localhost}\ninputs: [events]\nsegments: [segments]\n",
        &["spicchio.yaml:1:9: `kafka.brokers` names `localhost` as broker 1, which is not `host:port`; such \
                as localhost:9092"],
    ),
    (
        "decided",
        "inputs: [events]\nsegments: [s]\nkafka:\n  brokers: b:1\n  properties:\n    \
            auto.offset.reset: earliest\n    partition.assignment.strategy: range\n    group.remote.assignor: \
                uniform\n",
        &[
            "spicchio.yaml:6:5: `kafka.properties.auto.offset.reset` is not yours to set: a missing offset is \
                never guessed: `spicchio init --from` says where to start",
            "spicchio.yaml:8:5: `kafka.properties.group.remote.assignor` can only be `range`: no other assignor \
                keeps partition p of all inputs together",
        ],
    ),
    (
        "password",
        "inputs: [events]\nsegments: [s]\nkafka:\n  brokers: b:1\n  properties: \
            {security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN}\n",
        &["spicchio.yaml:5:3: `kafka.properties` would send the password over the network unencrypted; use \
                `sasl_ssl`, or SCRAM, or say `kafka.insecure: true`"],
    ),
    (
        "listen",
        "+http: {listen: 0.0.0.0:8080}",
        &["spicchio.yaml:4:8: `http.listen` is 0.0.0.0:8080, which others can reach, and this version knows \
                no authentication; only 127.0.0.1 and ::1 are taken; a proxy or agent beside it, in the same network \
                namespace, can pass on what others may see"],
    ),
    (
        "size",
        "+max_output_bytes: 1GB",
        &["spicchio.yaml:4:1: `max_output_bytes` is not a size; \
            such as 262144 or 256KiB"],
    ),
    (
        "topics",
        "+outputs: {transitions: events, memberships: a b}",
        &[
            "spicchio.yaml:4:11: `outputs.transitions` names `events`, which is already read or written; use \
                each topic once",
            "spicchio.yaml:4:32: `outputs.memberships` is `a b`, which is not a name; 1 to 249 letters, digits, \
                `.`, `_` and `-`",
        ],
    ),
    (
        "list",
        "- a\n",
        &["spicchio.yaml:1:1: the file must be a mapping of settings, such as \
            `kafka:`"],
    ),
];

#[test]
fn every_mistake_is_told_with_its_place_and_what_would_be_right() {
    for (name, text, expected) in MISTAKES {
        let text = text.strip_prefix('+').map_or((*text).to_owned(), |rest| format!("{SMALL}{rest}\n"));
        assert_eq!(mistakes(name, &text, &[], &[]), *expected, "{name}");
    }
}

#[test]
fn what_is_not_yaml_and_a_name_given_twice_are_told_with_their_place() {
    for (name, text, place) in [
        ("unclosed", "kafka: {brokers: x\ninputs: [a]\n", "spicchio.yaml:"),
        ("twice", "clock: wall\nclock: events\n", "spicchio.yaml:2:1: "),
        ("unset", "clock: ${NO_SUCH_VARIABLE:?say which clock}\n", "spicchio.yaml:1:8: "),
    ] {
        let found = mistakes(name, text, &[], &[]);
        assert!(found.len() == 1 && found[0].starts_with(place), "{name}: {found:?}");
    }
}

#[test]
fn a_flag_counts_before_the_environment_and_that_before_the_file() {
    let file = format!("{SMALL}grace: 2s\nworkers: 3\nclock: events\n");
    let environment = [("SPICCHIO_GRACE", "3s"), ("SPICCHIO_WORKERS", "4"), ("OTHER", "x")];
    let config = loaded("order", &file, &environment, &[("workers", "5")]).unwrap().config;
    assert_eq!((config.clock, config.grace_millis, config.workers), (ClockSource::Events, 3_000, 5));
}

#[test]
fn the_environment_alone_is_enough() {
    let environment = [
        ("SPICCHIO_KAFKA__BROKERS", "a:1,b:2"),
        ("SPICCHIO_KAFKA__PROPERTIES__SECURITY_PROTOCOL", "ssl"),
        ("SPICCHIO_INPUTS", "events, profiles"),
        ("SPICCHIO_SEGMENTS", "[\"a\", b]"),
        ("SPICCHIO_SERVICE_HOST", "10.0.0.1"),
        ("SPICCHIO_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let Loaded { config, ignored, .. } = load(&Sources { environment, ..Sources::default() }).unwrap();
    assert_eq!(ignored, ["SPICCHIO_PORT_8080_TCP", "SPICCHIO_SERVICE_HOST"]);
    assert_eq!(config.kafka.brokers, "a:1,b:2");
    assert_eq!(config.kafka.properties["security.protocol"], "ssl");
    assert_eq!(config.inputs.iter().map(|input| input.topic.as_str()).collect::<Vec<_>>(), ["events", "profiles"]);
    assert_eq!(config.segments, [Path::new("a"), Path::new("b")], "relative to where the processor was started");
}

#[test]
fn unknown_variables_and_flags_are_refused_by_name() {
    let found = mistakes("names", SMALL, &[("SPICCHIO_KAFKA__BROKER", "a:1")], &[("grase", "1s"), ("workers", "x")]);
    assert_eq!(
        found,
        [
            "SPICCHIO_KAFKA__BROKER: `kafka.broker` is not a setting; did you mean `kafka.brokers`?",
            "--set: `grase` is not a setting; did you mean `grace`?",
            "--set: `workers` must be a whole number, not `x`",
        ]
    );
}

#[test]
fn properties_may_refer_to_variables_and_files() {
    let folder = Folder::new("kept");
    let file = folder.0.join("password");
    std::fs::write(&file, "hush\n").unwrap();
    let with = |password: &str| {
        format!(
            "inputs: [events]\nsegments: [s]\nkafka:\n  brokers: b:1\n  properties:\n    \
            sasl.username: \"${{env:USER}}\"\n    sasl.password: \"{password}\"\n"
        )
    };
    let environment = [("USER", "shop")];
    let text = with(&format!("${{file:{}}}", file.display()));
    let Loaded { config, effective, .. } = loaded("reference", &text, &environment, &[]).unwrap();
    let given = ["sasl.username", "sasl.password"].map(|name| config.kafka.properties[name].as_str());
    assert_eq!(given, ["shop", "hush"]);
    assert!(!effective.contains("hush") && !format!("{config:?}").contains("hush"), "{effective}");
    let absent = mistakes("absent", &with("${env:ABSENT}"), &environment, &[]);
    assert_eq!(
        absent,
        ["spicchio.yaml:7:5: `kafka.properties.sasl.password` names the variable `ABSENT`, which is not set; set it, \
            or correct the name"]
    );
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let folder = Folder::new("secret");
    let file = folder.0.join("password");
    std::fs::write(&file, "hush\n").unwrap();
    let variable = "SPICCHIO_KAFKA__PROPERTIES__SASL_PASSWORD_FILE";
    let path = file.to_str().unwrap();
    let Loaded { config, effective, .. } = loaded("shown", SMALL, &[(variable, path)], &[]).unwrap();
    assert_eq!(config.kafka.properties["sasl.password"], "hush");
    assert!(effective.contains(&format!("kafka.properties.sasl.password = ***  ({variable})")), "{effective}");
    assert!(!effective.contains("hush") && !format!("{config:?}").contains("hush"));

    let on_command_line = mistakes("argv", SMALL, &[], &[("kafka.properties.sasl.password", "hush")]);
    assert_eq!(
        on_command_line,
        ["--set: `kafka.properties.sasl.password` is a secret, and everybody on the machine can read a \
                command line; use SPICCHIO_KAFKA__PROPERTIES__SASL_PASSWORD_FILE"]
    );

    let missing = mistakes("missing", SMALL, &[(variable, "/no/such/file")], &[]);
    assert!(missing.len() == 1 && missing[0].contains("names /no/such/file, which cannot be read"), "{missing:?}");

    let twice =
        mistakes("twice-given", SMALL, &[(variable, path), ("SPICCHIO_KAFKA__PROPERTIES__SASL_PASSWORD", "x")], &[]);
    assert!(twice.len() == 1 && twice[0].contains("is given twice"), "{twice:?}");
}

#[test]
fn variables_inside_the_file_are_replaced() {
    let text = SMALL.replace(" {brokers: localhost:9092}", "\n  brokers: ${HOST}:${PORT:-9092}");
    let config = loaded("inside", &text, &[("HOST", "kafka-1")], &[]).unwrap().config;
    assert_eq!(config.kafka.brokers, "kafka-1:9092");
}

#[test]
fn the_effective_configuration_says_where_each_setting_comes_from() {
    let effective = loaded("effective", SMALL, &[("SPICCHIO_GRACE", "3s")], &[("workers", "2")]).unwrap().effective;
    for line in [
        "grace = \"3s\"  (SPICCHIO_GRACE)",
        "workers = 2  (--set)",
        "kafka.group = \"spicchio\"  (default)",
        "spicchio.yaml:2:10)",
    ] {
        assert!(effective.contains(line), "{line} in\n{effective}");
    }
}
