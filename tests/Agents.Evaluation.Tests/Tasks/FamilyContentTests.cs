using System.Globalization;
using System.Text.RegularExpressions;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Arithmetic;
using Agents.Evaluation.Tasks.Listing;
using Agents.Evaluation.Tasks.Lookup;
using Agents.Evaluation.Tasks.Programs;
using Agents.Evaluation.Tasks.Tools;
using Agents.Evaluation.Tasks.Transform;

namespace Agents.Evaluation.Tests.Tasks;

/// <summary>Answers recomputed from the question's text by code that shares nothing with the generators.</summary>
public sealed partial class FamilyContentTests
{
    private const int Count = 1_000;

    [Fact]
    public void Arithmetic_PlainQuestions_AnswersFollowFromTheText()
    {
        int seen = 0;
        foreach (TaskItem item in Items(new ArithmeticFamily(new ArithmeticOptions { PlainShare = 1 })))
        {
            string[] parts = item.Question.Split(". result?")[0].Split(", ");
            int value = Number(parts[0].Replace("start ", "", StringComparison.Ordinal));
            foreach (string part in parts[1..])
            {
                string[] words = part.Split(' ');
                value = words[0] switch
                {
                    "add" => value + Number(words[1]),
                    "take" => value - Number(words[1]),
                    "times" => value * Number(words[1]),
                    _ => value / 2,
                };
            }

            Assert.Equal(value, Number(item.Answer));
            seen++;
        }

        Assert.Equal(Count, seen);
    }

    [Fact]
    public void Arithmetic_PeopleQuestions_AnswersFollowFromTheText()
    {
        TaskItem[] people = [.. Items(new ArithmeticFamily()).Where(item => item.Template == "people")];
        foreach (TaskItem item in people)
        {
            string[] sentences = item.Question.TrimEnd('?').Split(". ");
            string[] first = sentences[0].Split(' ');
            var has = new Dictionary<string, int> { [first[0]] = Number(first[2]) };
            foreach (string[] words in sentences[1..^1].Select(sentence => sentence.Split(' ')).Where(words => words[1] != "is"))
            {
                has[words[0]] = words switch
                {
                    [_, "half", "of", string of] => has[of] / 2,
                    [_, string n, "times", string of] => has[of] * Number(n),
                    [_, string n, "more", "than", string of] => has[of] + Number(n),
                    [_, string n, "less", "than", string of] => has[of] - Number(n),
                    _ => throw new InvalidOperationException(item.Question),
                };
            }

            Assert.Equal(sentences[^1].Split(" and ").Sum(name => has[name]), Number(item.Answer));
        }

        Assert.True(people.Length > 200);
    }

    [Fact]
    public void Arithmetic_StepLines_AreTrueAndEndInTheAnswer()
    {
        foreach (TaskItem item in Items(new ArithmeticFamily()))
        {
            string[] lines = item.Steps.Split('\n');
            Assert.Equal(item.Difficulty, lines.Length);
            foreach (string line in lines)
            {
                Match match = StepLine().Match(line);
                int left = Number(match.Groups[1].Value);
                int right = Number(match.Groups[3].Value);
                int expected = match.Groups[2].Value switch
                {
                    "+" => left + right,
                    "-" => left - right,
                    "*" => left * right,
                    _ => left / right,
                };
                Assert.Equal(expected, Number(match.Groups[4].Value));
                Assert.InRange(expected, 1, 999);
            }

            Assert.EndsWith("=" + item.Answer, item.Steps, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Arithmetic_DifficultyMix_IsDrawnAsAsked()
    {
        TaskItem[] items = [.. Items(new ArithmeticFamily(new ArithmeticOptions { Difficulty = new DifficultyMix(1, 0, 3) }))];

        Assert.InRange(items.Count(item => item.Difficulty == 1) / (double)Count, 0.19, 0.31);
        Assert.DoesNotContain(items, item => item.Difficulty == 2);
    }

    [Theory]
    [InlineData("zor", "abc", "cba")]
    [InlineData("pim", "abc", "bca")]
    [InlineData("lat", "abc", "cab")]
    [InlineData("gub", "abc", "cba")]
    [InlineData("gub", "abcd", "dbca")]
    [InlineData("nek", "abc", "bc")]
    [InlineData("wix", "abc", "ab")]
    [InlineData("dov", "abc", "aabc")]
    [InlineData("tas", "abc", "abcc")]
    [InlineData("hul", "cab", "abc")]
    [InlineData("rem", "abc", "bac")]
    [InlineData("kif", "bc", "abc")]
    [InlineData("boj", "ac", "acb")]
    [InlineData("gub", "a", "a")]
    [InlineData("nek", "a", "a")]
    [InlineData("rem", "a", "a")]
    public void Transform_Functions_DoWhatTheyAreKnownFor(string name, string input, string expected) =>
        Assert.Equal(expected, TransformFunctions.Find(name)!.Apply(input));

    [Fact]
    public void Transform_Questions_SlotsFollowFromTheText()
    {
        foreach (TaskItem item in Items(new TransformFamily()))
        {
            string[] names = item.Template == "nested"
                ? [.. item.Question.Split('(')[..^1].Reverse()]
                : item.Question.Split(" on ")[0].Split(" then ");
            string text = (item.Template == "nested" ? item.Question.Split('(')[^1].Split(')')[0] : item.Question.Split(" on ")[1].Split(':')[0]).Replace(" ", "", StringComparison.Ordinal);
            var slots = new List<string>();
            foreach (string name in names)
            {
                string next = TransformFunctions.Find(name)!.Apply(text);
                Assert.NotEqual(text, next);
                slots.Add(string.Join(' ', next.AsEnumerable()));
                text = next;
            }

            Assert.Equal(slots, item.Slots);
            Assert.Equal(item.Difficulty, names.Length);
        }
    }

    [Fact]
    public void Transform_HeldOutFunctions_NeverAppear()
    {
        var family = new TransformFamily(new TransformOptions { Functions = ["zor", "pim", "nek"] });

        Assert.All(Items(family), item => Assert.DoesNotContain("hul", item.Question, StringComparison.Ordinal));
    }

    [Fact]
    public void Lookup_FlatQuestions_AnswersAreTheCurrentFacts()
    {
        foreach (TaskItem item in Items(new LookupFamily()).Where(item => item.Template == "flat"))
        {
            string[] parts = item.Question.Split(". ask: ");
            Dictionary<string, string> facts = parts[0].Split("; ").Where(fact => !fact.StartsWith("old ", StringComparison.Ordinal))
                .Select(fact => fact.Split(' ')).ToDictionary(words => words[0] + " " + words[1], words => words[2]);
            string[] expected = [.. parts[1].Split(", ").Select(query => query.Split(' '))
                .Select(words => words.Length == 3 ? facts[facts[words[0] + " pal"] + " " + words[2]] : facts[string.Join(' ', words)])];
            Assert.Equal(expected, item.Slots);
        }
    }

    [Fact]
    public void Lookup_WithoutConflicts_HasNoStaleFacts() =>
        Assert.All(Items(new LookupFamily(new LookupOptions { Conflicts = false })), item => Assert.DoesNotContain("old ", item.Question, StringComparison.Ordinal));

    [Fact]
    public void Lookup_StaleCorruption_UsesAValueMarkedOld()
    {
        var family = new LookupFamily(new LookupOptions { Difficulty = new DifficultyMix(0, 0, 1) });
        int seen = 0;
        for (int i = 0; i < 200; i++)
        {
            TaskItem item = family.Create(TaskSplit.Train, i, 2);
            var stream = new SampleStream(4, (ulong)i);
            CorruptedSolution wrong = family.Corrupt(item, ref stream);
            if (wrong.Kind == CorruptionKind.StaleValue)
            {
                Assert.Matches("old [a-z ]*" + wrong.Solution.Slots[wrong.Step], item.Question);
                seen++;
            }
        }

        Assert.InRange(seen, 20, 180);
    }

    [Fact]
    public void Tools_Answers_CallAnOfferedToolWithItsNumberOfArguments()
    {
        foreach (TaskItem item in Items(new ToolsFamily()))
        {
            string offered = item.Question.Split(". user: ")[0]["tools: ".Length..];
            string name = item.Slots[0];
            string signature = offered.Split(' ').Single(tool => tool.StartsWith(name + "(", StringComparison.Ordinal) || tool.StartsWith(name + "=", StringComparison.Ordinal));
            Assert.Equal(signature.Split(',').Length, item.Slots.Count - 1);
            Assert.Equal(item.Template == "aliased", signature.Contains('=', StringComparison.Ordinal));
            Assert.InRange(offered.Split(' ').Length, 3, 5);
        }
    }

    [Fact]
    public void Tools_SkewedWeights_MakeAToolRare()
    {
        var options = new ToolsOptions { Weights = new Dictionary<string, double> { ["add"] = 0.01 }, Difficulty = new DifficultyMix(1) };

        Assert.InRange(Items(new ToolsFamily(options)).Count(item => item.Slots[0] == "add"), 0, 10);
        Assert.InRange(Items(new ToolsFamily(new ToolsOptions { Difficulty = new DifficultyMix(1) })).Count(item => item.Slots[0] == "add"), 40, 140);
    }

    [Fact]
    public void Listing_Alternatives_SatisfyTheQuestionAndSumToOne()
    {
        foreach (TaskItem item in Items(new ListingFamily()))
        {
            Assert.Equal(1, item.Alternatives.Sum(answer => answer.Probability), 9);
            string[] excluded = item.Question.Split(", not ")[1].Split(" or ");
            Match contains = ContainedLetter().Match(item.Question);
            Match first = FirstLetter().Match(item.Question);
            foreach (WeightedAnswer answer in item.Alternatives)
            {
                Assert.DoesNotContain(answer.Text, excluded);
                Assert.True(!contains.Success || answer.Text.Contains(contains.Groups[1].Value[0]));
                Assert.True(!first.Success || answer.Text[0] == first.Groups[1].Value[0]);
            }

            Assert.Equal(item.Question.Contains("two of kind", StringComparison.Ordinal) ? 2 : 1, item.Slots.Count);
        }
    }

    [Fact]
    public void Listing_Categories_HaveTwentyFourDifferentOneWordMembers() =>
        Assert.All(ListingCategories.All, category =>
        {
            Assert.Equal(24, category.Members.Distinct().Count());
            Assert.All(category.Members, member => Assert.Matches("^[a-z]+$", member));
        });

    [Fact]
    public void Listing_Distribution_IsZipf()
    {
        IReadOnlyList<WeightedAnswer> distribution = ListingCategories.All[0].Distribution(1);

        Assert.Equal(1, distribution.Sum(answer => answer.Probability), 12);
        Assert.Equal(3, distribution[0].Probability / distribution[2].Probability, 9);
    }

    [Fact]
    public void Program_Questions_RunToTheirAnswer()
    {
        foreach (TaskItem item in Items(new ProgramsFamily()))
        {
            if (item.Template == "completion")
            {
                string[] parts = item.Question["fill ?: ".Length..].Split(" gives ");
                string[] fitting = [.. "+-*".Where(sign => ProgramInterpreter.Run(parts[0].Replace('?', sign)).OutputText == parts[1])
                    .Select(sign => sign == '+' ? "plus" : sign == '-' ? "minus" : "times")];
                Assert.Equal([item.Answer], fitting);
            }
            else
            {
                Assert.Equal(item.Answer, ProgramInterpreter.Run(item.Question["run: ".Length..]).OutputText);
            }
        }
    }

    [Fact]
    public void Constructors_BrokenOptions_NameEverySetting()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ArithmeticFamily(new ArithmeticOptions { MaximumValue = 5, PlainShare = 2 }));
        Assert.Contains("MaximumValue", error.Message, StringComparison.Ordinal);
        Assert.Contains("PlainShare", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TransformFamily(new TransformOptions { Functions = ["zor", "nope"] }));
        Assert.Throws<ArgumentException>(() => new LookupFamily(new LookupOptions { ExtraFacts = 7 }));
        Assert.Throws<ArgumentException>(() => new ToolsFamily(new ToolsOptions { MinimumTools = 1 }));
        Assert.Throws<ArgumentException>(() => new ListingFamily(new ListingOptions { Exponent = double.NaN }));
        Assert.Throws<ArgumentException>(() => new ProgramsFamily(new ProgramsOptions { Difficulty = new DifficultyMix(1, 1, 1, 1, 1) }));
        Assert.Throws<ArgumentException>(() => new DifficultyMix(0, 0));
    }

    [Fact]
    public void ContentHash_Splits_HaveTheDocumentedShares()
    {
        int[] counts = new int[3];
        for (int i = 0; i < 16_000; i++)
        {
            counts[(int)ContentHash.Split("family", i.ToString(CultureInfo.InvariantCulture))]++;
        }

        Assert.InRange(counts[(int)TaskSplit.Test], 1_850, 2_150);
        Assert.InRange(counts[(int)TaskSplit.Validation], 880, 1_120);
    }

    [Fact]
    public void ContentHash_FixedText_NeverChanges() =>
        Assert.Equal(0x5FD459FD02761D63UL, ContentHash.Of("arithmetic|3+4"));

    private static IEnumerable<TaskItem> Items(ITaskFamily family) =>
        Enumerable.Range(0, Count).Select(i => family.Create(TaskSplit.Train, i, 21));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+)([-+*/])(\d+)=(\d+)$")]
    private static partial Regex StepLine();

    [GeneratedRegex(" with ([a-z]),")]
    private static partial Regex ContainedLetter();

    [GeneratedRegex(" starting with ([a-z]),")]
    private static partial Regex FirstLetter();
}
