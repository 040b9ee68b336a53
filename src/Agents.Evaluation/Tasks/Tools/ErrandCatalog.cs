namespace Agents.Evaluation.Tasks.Tools;

/// <summary>
/// A second catalog, which no embedded model was trained on, and its skewed mixture: training draws few tools often and many rarely, and one way of asking for each never; the validation and test splits draw
/// all alike. What a model learns of it is graded, neither solved nor chance, as papers/61 §5 wants its base.
/// </summary>
public static class ErrandCatalog
{
    /// <summary>Id of the family.</summary>
    public const string FamilyId = "errands";

    /// <summary>Exponent of the law by which tools are drawn for training: the k-th of n in proportion to k^-exponent.</summary>
    public const double Skew = 1.6;

    private static readonly string[] Days = ["monday", "tuesday", "friday", "sunday"];

    /// <summary>Gets the tools, in the order of their frequency in training. Several share their arguments, so that only the wording tells them apart. The last way of asking is never seen in training; it shares
    /// words with the others but not their form.</summary>
    public static IReadOnlyList<ToolKind> All { get; } =
    [
        new("pack", ["n", "item"], ["put {0} {1} in a box", "{0} {1} go in the bag", "box up {0} of the {1}", "of the {1} bag {0}"], [null, TaskWords.Objects]),
        new("lend", ["who", "item"], ["let {0} borrow my {1}", "hand {0} the {1} on loan", "{0} needs our {1} a while", "on loan to {0} go the {1}"], [TaskWords.Names, TaskWords.Objects]),
        new("book", ["city", "day"], ["a room in {0} for {1}", "sleep in {0} on {1}", "hotel {0} {1}", "on {1} a room {0}"], [TaskWords.Cities, Days]),
        new("heat", ["n"], ["make it {0} degrees", "warm up to {0}", "{0} degrees please", "up to {0} degrees"], [null]),
        new("find", ["item"], ["where did my {0} go", "look for the {0}", "i lost {0}", "go look where {0} are"], [TaskWords.Objects]),
        new("wash", ["n", "item"], ["clean {0} dirty {1}", "rinse {0} of our {1}", "{0} {1} need soap", "with soap do {0} {1}"], [null, TaskWords.Objects]),
        new("thank", ["who", "item"], ["say how nice the {1} from {0} are", "be grateful to {0} for {1}", "{0} sent {1} so reply", "for the {1} be nice to {0}"], [TaskWords.Names, TaskWords.Objects]),
        new("fly", ["city", "day"], ["plane to {0} on {1}", "{1} take off for {0}", "ticket {0} {1}", "on {1} by plane to {0}"], [TaskWords.Cities, Days]),
        new("pay", ["n"], ["settle a bill of {0}", "transfer {0}", "spend {0} on rent", "a rent bill of {0}"], [null]),
        new("hide", ["n", "item"], ["keep {0} {1} out of sight", "nobody may see the {0} {1}", "tuck away {0} {1}", "of my {1} tuck {0} out of sight"], [null, TaskWords.Objects]),
        new("burn", ["item"], ["set fire to {0}", "{0} into the oven", "let {0} turn to ash", "to ash with the {0}"], [TaskWords.Objects]),
        new("blame", ["who", "item"], ["it was {0} who broke the {1}", "the lost {1} are due to {0}", "{0} spoiled my {1}", "my {1} broke and it was {0}"], [TaskWords.Names, TaskWords.Objects]),
        new("mend", ["n", "item"], ["fix {0} torn {1}", "glue {0} {1} again", "{0} {1} fell apart", "glue what fell apart {0} {1}"], [null, TaskWords.Objects]),
        new("dim", ["n"], ["light down to {0}", "darker by {0}", "only {0} of the lamp", "the lamp {0} darker"], [null]),
        new("visit", ["city", "day"], ["see {0} this {1}", "walk around {0} on {1}", "tour of {0} {1}", "on {1} tour {0}"], [TaskWords.Cities, Days]),
        new("teach", ["who", "item"], ["show {0} how {1} work", "help {0} learn about {1}", "{0} must know our {1}", "about {1} {0} must learn"], [TaskWords.Names, TaskWords.Objects]),
        new("rate", ["item"], ["are {0} any good", "stars for {0}", "how good are the {0}", "how many stars have {0}"], [TaskWords.Objects]),
        new("paint", ["n", "item"], ["color {0} of the {1}", "a new coat on {0} {1}", "brush over {0} {1}", "on {0} {1} a new color"], [null, TaskWords.Objects]),
        new("warn", ["who", "item"], ["let {0} beware of the {1}", "{0} should avoid those {1}", "danger for {0} from {1}", "from those {1} {0} should beware"], [TaskWords.Names, TaskWords.Objects]),
        new("mail", ["city", "day"], ["letter to {0} by {1}", "post it to {0} for {1}", "{0} gets stamps {1}", "by {1} a letter for {0}"], [TaskWords.Cities, Days]),
        new("jump", ["n"], ["hop {0} times", "leap over {0}", "bounce {0} high", "{0} high leap"], [null]),
        new("draw", ["item"], ["sketch some {0}", "a picture of {0}", "make art with {0}", "art of {0} as a sketch"], [TaskWords.Objects]),
        new("sort", ["n", "item"], ["line up {0} {1}", "bring {0} {1} in order", "{0} {1} by size", "by order line the {0} {1}"], [null, TaskWords.Objects]),
        new("repay", ["who", "item"], ["give {0} back the {1}", "settle my {1} debt with {0}", "{0} gets the {1} i took", "my debt to {0} is {1}"], [TaskWords.Names, TaskWords.Objects]),
    ];

    /// <summary>Gets the settings of the family.</summary>
    public static ToolsOptions Options { get; } = new()
    {
        FamilyId = FamilyId,
        Catalog = All,
        Difficulty = new DifficultyMix(0, 1),
        HeldOutDifficulty = null,
        MinimumTools = 4,
        MaximumTools = 8,
        Weights = All.Select((tool, i) => (tool.Name, Weight: Math.Pow(i + 1, -Skew))).ToDictionary(entry => entry.Name, entry => entry.Weight, StringComparer.Ordinal),
        HeldOutWeights = new Dictionary<string, double>(),
        Phrases = [6, 3, 1, 0],
        HeldOutPhrases = [1, 1, 1, 1],
        SimilarByTool = true,
    };
}
