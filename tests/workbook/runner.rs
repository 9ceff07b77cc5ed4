//! The runner, used as a learner uses it.

use std::fs;
use std::io::Read;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use checks::exercise;

use crate::workbook::{Run, Workbook};

const RIGHT_SHAPES: (usize, &str) =
    (1, "Shapes { dz: (n_out,), x: (n_in,), dw: (n_out, n_in) }");
const WRONG_SHAPES: (usize, &str) =
    (1, "Shapes { dz: (n_in,), x: (n_in,), dw: (n_out, n_in) }");

#[track_caller]
fn says(run: &Run, parts: &[&str]) {
    for part in parts {
        assert!(
            run.stdout.contains(part),
            "no {part:?} in\n{}\n{}",
            run.stdout,
            run.stderr
        );
    }
    let widest = run.stdout.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80) || run.stdout.contains("error"), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'), "colors in {:?}", run.stdout);
}

#[track_caller]
fn fails(run: &Run, code: i32, sentence: &str) {
    assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.ends_with(&format!("error: {sentence}\n")),
        "{}",
        run.stderr
    );
}

#[test]
fn progress_shows_every_question_and_what_comes_next() {
    let workbook = Workbook::untouched();
    let all: usize =
        exercise::all().iter().map(|exercise| exercise.questions.len()).sum();
    let untouched = workbook.runner("");
    for question in exercise::all().iter().flat_map(|exercise| &exercise.questions)
    {
        says(&untouched, &[&format!("  · not answered  {}", question.name)]);
    }
    says(&untouched, &[&format!("[{}] 0 of {all} questions done", ".".repeat(40))]);
    let first = &exercise::all()[0];
    says(
        &untouched,
        &[
            &format!(
                "Next: {}, question 1, `{}`",
                first.name, first.questions[0].name
            ),
            &format!("  Edit   exercises/src/{}.rs:", first.name),
            &format!("  Read   book/src/exercises/{}.md, section `", first.name),
            &format!("  Judge  cargo run --package exercises -- {}\n", first.name),
        ],
    );

    for exercise in exercise::all() {
        workbook.solve(exercise.name);
    }
    workbook.answer("shapes", &[RIGHT_SHAPES, (3, "Ok(())")]);
    says(
        &workbook.runner(""),
        &[
            &format!("{} of {all} questions done", all - 2),
            "  ✓ done          gradient_shapes  ",
            "  · not answered  weight_gradient  ",
            "  ✗ wrong         update           ",
            "Next: shapes, question 2, `weight_gradient`",
            "  Edit   exercises/src/shapes.rs:24\n",
        ],
    );
    workbook.solve("shapes");
    says(&workbook.runner(""), &[&"#".repeat(40), "Everything is done."]);
}

#[test]
fn checking_an_exercise_shows_its_feedback_and_what_was_printed() {
    let workbook = Workbook::untouched();
    let code = format!("println!(\"n_out is {{n_out}}\"); {}", WRONG_SHAPES.1);
    workbook.answer("shapes", &[(1, &code)]);
    let run = workbook.runner("shapes");
    assert_eq!(run.code, Some(0));
    says(
        &run,
        &[
            "shapes (0 of 3 done)",
            "shapes, question 1, `gradient_shapes`: not right yet",
            "→ yours     (16,)",
            "Likely mistake: ",
            "Your code printed:\n\n  n_out is 8\n",
        ],
    );
    assert_eq!(workbook.runner("check shapes").stdout, run.stdout);
    workbook.solve("shapes");
    says(
        &workbook.runner("shapes"),
        &["shapes (3 of 3 done)", "All questions of shapes are done."],
    );
}

#[test]
fn what_does_not_compile_is_named_and_the_others_are_judged() {
    let workbook = Workbook::untouched();
    workbook.answer("shapes", &[RIGHT_SHAPES, (2, "dzz.clone()")]);
    workbook.write("exercises/src/overflow.rs", "fn main( {");
    workbook.solve("momentum");
    let run = workbook.runner("");
    for exercise in exercise::all() {
        let state = match exercise.name {
            "shapes" | "overflow" => "✗ not compiled",
            "momentum" => "✓ done        ",
            _ => "· not answered",
        };
        for question in &exercise.questions {
            says(&run, &[&format!("  {state}  {}", question.name)]);
        }
    }
    says(
        &run,
        &[
            "shapes does not compile yet.",
            "error[E0425]: cannot find value `dzz` in this scope",
            "--> exercises/src/shapes.rs:24:5",
            "  Edit   exercises/src/shapes.rs:24\n",
        ],
    );
    says(
        &workbook.runner("overflow"),
        &["overflow does not compile yet.", "overflow.rs:1:"],
    );
    says(&workbook.runner("momentum"), &["All questions of momentum are done."]);
}

#[test]
fn other_names_and_types_than_the_stubs_are_explained() {
    let workbook = Workbook::untouched();
    let stub = workbook.answers("shapes", &[]);
    workbook
        .write("exercises/src/shapes.rs", &stub.replace("fn update", "fn updated"));
    says(
        &workbook.runner("shapes"),
        &[
            "shapes does not compile yet.",
            "The tests call your functions with the names and types of the stub.",
            "  Edit   exercises/src/shapes.rs\n",
        ],
    );
    fs::remove_file(workbook.path("exercises/src/shapes.rs")).unwrap();
    says(
        &workbook.runner("shapes"),
        &["The file is not there; `reset` puts the stub back."],
    );
}

#[test]
fn an_error_outside_the_exercises_is_shown() {
    let workbook = Workbook::untouched();
    let main = workbook.read("exercises/main.rs");
    workbook.write("exercises/main.rs", &format!("{main}mod elsewhere;\n"));
    let run = workbook.runner("");
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("for a reason outside exercises/src"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("file not found for module `elsewhere`"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_answer_that_takes_the_program_with_it_fails_alone() {
    let workbook = Workbook::untouched();
    let endless = "fn f(n: u64) -> u64 { f(n + 1) + std::hint::black_box([n; \
                   50])[7] } f(1); unreachable!()";
    workbook.answer(
        "shapes",
        &[RIGHT_SHAPES, (2, endless), (3, "std::process::exit(0)")],
    );
    says(
        &workbook.runner("shapes"),
        &[
            "  ✓ done          gradient_shapes",
            "  ✗ wrong         weight_gradient",
            "  ✗ wrong         update",
            "shapes, question 2, `weight_gradient`: not right yet",
            "Your code ended the whole test program (",
            "Is there a function that calls itself without end?",
            "Does it call `std::process::exit`?",
        ],
    );
}

#[test]
fn an_endless_answer_is_left_behind() {
    let workbook = Workbook::untouched();
    workbook.answer(
        "shapes",
        &[RIGHT_SHAPES, (3, "loop { std::hint::black_box(0); }")],
    );
    let run = workbook.runner("shapes");
    says(&run, &["✓ done", "Your code was still running after 10 seconds"]);
    assert!(
        run.stderr.contains(
            "Still judging, until the time limit at most: shapes::update"
        )
    );
}

#[test]
fn an_endless_answer_that_prints_leaves_the_machine_its_memory() {
    let workbook = Workbook::untouched();
    workbook
        .answer("shapes", &[RIGHT_SHAPES, (3, "loop { println!(\"again\"); }")]);
    says(
        &workbook.runner("shapes"),
        &[
            "  ✓ done          gradient_shapes",
            "  ✗ wrong         update",
            "Your code ended the whole test program (",
            "memory allocation of ",
            "Is there a loop that prints or collects without end?",
        ],
    );
}

#[test]
fn hints_come_one_at_a_time() {
    let workbook = Workbook::untouched();
    let hint = |arguments: &str| workbook.runner(&format!("hint {arguments}"));
    says(
        &hint("shapes"),
        &["shapes, question 1, `gradient_shapes`: hint 1 of 3", "Next hint"],
    );
    says(&hint("shapes"), &["hint 2 of 3", "Next hint"]);
    says(
        &hint("shapes"),
        &["hint 3 of 3", "This was the last hint.", "solution shapes --anyway"],
    );
    says(&hint("shapes"), &["hint 3 of 3", "This was the last hint."]);
    says(&hint("shapes --reset"), &["hint 1 of 3"]);
    says(&hint("shapes"), &["hint 2 of 3"]);
    says(&hint("shapes --all"), &["hint 1 of 3", "hint 2 of 3", "hint 3 of 3"]);

    workbook.answer("shapes", &[RIGHT_SHAPES]);
    says(&hint("shapes"), &["shapes, question 2, `weight_gradient`: hint 1 of 3"]);
    let named = hint("shapes update");
    says(
        &named,
        &["shapes, question 3, `update`: hint 1 of 3", "-- hint shapes update\n"],
    );
    says(&hint("shapes weight_gradient"), &["`weight_gradient`: hint 2 of 3"]);
    // Code comes without its fences.
    says(&hint("shapes"), &["hint 3 of 3", "      let (n_out, n_in) = w.dim();\n"]);

    // What does not compile gets the hint for what was open when it did.
    workbook.answer("shapes", &[RIGHT_SHAPES, (2, "dzz.clone()")]);
    let broken = hint("shapes");
    says(&broken, &["shapes, question 2, `weight_gradient`: hint 3 of 3"]);
    assert!(
        broken.stderr.contains("shapes does not compile at the moment"),
        "{}",
        broken.stderr
    );

    workbook.solve("shapes");
    says(&hint("shapes"), &["All questions of shapes are done."]);
}

#[test]
fn a_broken_memory_is_no_obstacle() {
    let workbook = Workbook::untouched();
    says(&workbook.runner("hint shapes"), &["hint 1 of 3"]);
    workbook.write("target/exercises/memory.json", "{ \"hints\": ");
    says(&workbook.runner("hint shapes"), &["hint 1 of 3"]);
    says(&workbook.runner("hint shapes"), &["hint 2 of 3"]);
}

#[test]
fn a_solution_is_for_those_who_have_answered() {
    let workbook = Workbook::untouched();
    workbook.answer("shapes", &[RIGHT_SHAPES]);
    let refused = workbook.runner("solution shapes");
    assert_eq!(refused.code, Some(1));
    says(
        &refused,
        &[
            "Not yet: in shapes, 2 questions are not done.",
            "solution shapes --anyway",
        ],
    );
    let solution = workbook.read("solutions/src/shapes.rs");
    assert!(
        workbook.runner("solution shapes --anyway").stdout.ends_with(&solution)
    );
    workbook.solve("shapes");
    let shown = workbook.runner("solution shapes");
    assert_eq!(shown.code, Some(0));
    assert!(shown.stdout.ends_with(&solution));
}

#[test]
fn a_reset_loses_nothing() {
    let workbook = Workbook::untouched();
    let file = "exercises/src/shapes.rs";
    let stub = workbook.read(file);
    for exercise in exercise::all() {
        let run = workbook.runner(&format!("reset {}", exercise.name));
        says(&run, &["is the stub already; nothing was changed."]);
    }
    for number in 1..=3 {
        // What is not even text is kept as well.
        let written: &[u8] = &[0xff, number];
        fs::write(workbook.path(file), written).unwrap();
        let kept = format!("exercises/src/shapes.before-reset-{number}.rs");
        says(
            &workbook.runner("reset shapes"),
            &[
                "exercises/src/shapes.rs is the stub again.",
                &format!("What you had written is in {kept}."),
            ],
        );
        assert_eq!(workbook.read(file), stub);
        assert_eq!(fs::read(workbook.path(&kept)).unwrap(), written);
    }
    assert_eq!(
        fs::read(workbook.path("exercises/src/shapes.before-reset-1.rs")).unwrap()
            [1],
        1
    );
    says(&workbook.runner("shapes"), &["shapes (0 of 3 done)"]);

    workbook.write(file, "mine");
    fs::remove_file(workbook.path("exercises/stubs/shapes.rs")).unwrap();
    let run = workbook.runner("reset shapes");
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("the stub can't be read"), "{}", run.stderr);
    assert_eq!(workbook.read(file), "mine");
    workbook.write("exercises/stubs/shapes.rs", &stub);

    fs::remove_file(workbook.path(file)).unwrap();
    says(&workbook.runner("reset shapes"), &["was not there; now it is the stub."]);
    assert_eq!(workbook.read(file), stub);
}

#[test]
fn watching_judges_what_is_saved() {
    let workbook = Workbook::untouched();
    workbook.cargo("build --package exercises");
    let mut watch = workbook.runner_without_cargo("watch shapes").spawn().unwrap();
    let mut output = Printed::by(watch.stdout.take().unwrap());
    let shown = (|| -> Result<Duration, String> {
        output.until("Ctrl-C ends this")?;
        workbook.answer("shapes", &[WRONG_SHAPES]);
        output.until("`gradient_shapes`: not right yet")?;
        output.until(
            "Also open: weight_gradient (not answered), update (not answered).",
        )?;
        output.until("Ctrl-C ends this")?;
        workbook.answer("shapes", &[(1, "loop { std::hint::black_box(0); }")]);
        output.until("Judging shapes")?;
        // Before the time limit of the endless one.
        let start = Instant::now();
        workbook.answer("shapes", &[RIGHT_SHAPES]);
        output.until("Also open: update (not answered). Done: gradient_shapes.")?;
        Ok(start.elapsed())
    })();
    watch.kill().unwrap();
    watch.wait().unwrap();
    assert!(shown.unwrap() < Duration::from_secs(8));
}

/// What a program prints, as it comes.
struct Printed {
    parts: Receiver<String>,
    /// What came, but was not waited for yet.
    text: String,
}

impl Printed {
    fn by(mut output: impl Read + Send + 'static) -> Self {
        let (send, parts) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                let _ = send
                    .send(String::from_utf8_lossy(&buffer[..length]).into_owned());
            }
        });
        Self { parts, text: String::new() }
    }

    /// Waits until this is printed.
    fn until(&mut self, part: &str) -> Result<(), String> {
        loop {
            if let Some((_, rest)) = self.text.split_once(part) {
                self.text = rest.to_owned();
                return Ok(());
            }
            match self.parts.recv_timeout(Duration::from_secs(60)) {
                Ok(more) => self.text += &more,
                Err(_) => return Err(format!("no {part:?} in\n{}", self.text)),
            }
        }
    }
}

#[test]
fn what_is_not_understood_is_said_and_the_nearest_is_named() {
    let workbook = Workbook::untouched();
    for (arguments, sentence) in [
        (
            "shpaes",
            "there is no command or exercise `shpaes`; did you mean `shapes`?",
        ),
        (
            "hnit shapes",
            "there is no command or exercise `hnit`; did you mean `hint`?",
        ),
        (
            "hint softmax",
            "there is no exercise `softmax`; did you mean `softmax_cross_entropy`?",
        ),
        (
            "reset xyz",
            "there is no exercise `xyz`; `cargo run --package exercises -- list` \
             shows what there is",
        ),
        (
            "hint shapes updat",
            "shapes has no question `updat`; did you mean `update`?",
        ),
        ("shapes updat", "shapes has no question `updat`; did you mean `update`?"),
        (
            "hint",
            "`hint` needs the name of an exercise; `cargo run --package exercises \
             -- list` shows them",
        ),
        (
            "shapes --fast",
            "`--fast` does not belong here; `cargo run --package exercises -- \
             --help` shows what does",
        ),
        (
            "solution shapes overflow",
            "`overflow` does not belong here; `cargo run --package exercises -- \
             --help` shows what does",
        ),
        (
            "grade --format xml",
            "there is no format `xml`; the formats are text, json, junit, csv and \
             gradescope",
        ),
        (
            "grade --output",
            "the command line can't be read: missing argument for option \
             '--output'; `cargo run --package exercises -- --help` shows how it \
             is meant",
        ),
    ] {
        fails(&workbook.runner(arguments), 2, sentence);
    }
}

#[test]
fn a_single_question_can_be_judged() {
    let workbook = Workbook::untouched();
    workbook.answer("shapes", &[RIGHT_SHAPES]);
    let done = workbook.runner("shapes gradient_shapes");
    says(&done, &["shapes (1 of 1 done)", "`gradient_shapes` is done."]);
    let open = workbook.runner("check shapes update");
    says(&open, &["shapes, question 3, `update`: not answered yet"]);
    assert!(!open.stdout.contains("weight_gradient"), "{}", open.stdout);
}

#[test]
fn help_and_list_need_no_judgment() {
    let workbook = Workbook::untouched();
    for arguments in ["help", "--help", "-h", "hint --help"] {
        says(
            &workbook.runner(arguments),
            &["Examples:", "hint NAME", "grade", "--anyway"],
        );
    }
    let list = workbook.runner("list");
    for exercise in exercise::all() {
        says(&list, &[exercise.name, exercise.title]);
    }
}

#[test]
fn solutions_in_use_are_said_first() {
    let workbook = Workbook::untouched();
    let run = workbook.cargo(
        "run --quiet --package exercises --features solution-shapes -- shapes",
    );
    says(&run, &["shapes (3 of 3 done)"]);
    assert!(run.stderr.contains("solutions in use: shapes\n"), "{}", run.stderr);
    let untouched = workbook.runner("shapes");
    says(&untouched, &["shapes (0 of 3 done)"]);
    assert!(!untouched.stderr.contains("solutions in use"), "{}", untouched.stderr);
}
