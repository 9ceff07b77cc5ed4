//! What the program suggests when the training is done.

/// Where to go from here.
pub const NEXT_STEPS: &str = "\
Now draw something yourself. Write six lines of six characters to drawing.txt:

    #...#.
    .#.#..
    ..#...
    .#.#..
    #...#.
    ......

Then ask the network what it sees:

    cargo run --release -- classify drawing.txt

And when you want to write the network yourself, answer the exercises:

    cargo run --package exercises
";
