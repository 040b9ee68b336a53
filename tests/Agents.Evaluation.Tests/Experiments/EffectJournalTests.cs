using Agents.Benchmarks.Experiments;

namespace Agents.Evaluation.Tests.Experiments;

public sealed class EffectJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-").FullName;

    private string File => Path.Combine(_folder, "sub", "effects.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Append_ThenOpen_FindsTheRow()
    {
        new EffectJournal(File).Append(Row("grpo", 2));

        EffectRow? found = new EffectJournal(File).Find("grpo", "lookup", 2, "steps 5");

        Assert.NotNull(found);
        Assert.Equal("0110", found.Answers["lookup"]);
        Assert.Equal(1.5, found.Phases["sampling"]);
        Assert.Equal(new CurvePoint(10, 2.5, 0.625), Assert.Single(found.Curve));
        Assert.Equal(12_345, found.TrainedTokens);
    }

    [Theory]
    [InlineData("sft", "lookup", 2UL, "steps 5")]
    [InlineData("grpo", "tools", 2UL, "steps 5")]
    [InlineData("grpo", "lookup", 3UL, "steps 5")]
    [InlineData("grpo", "lookup", 2UL, "steps 6")]
    public void Find_AnythingDiffers_IsNotMeasuredYet(string arm, string family, ulong seed, string settings)
    {
        EffectJournal journal = new(File);
        journal.Append(Row("grpo", 2));

        Assert.Null(journal.Find(arm, family, seed, settings));
    }

    [Fact]
    public void Open_TornLastLine_KeepsTheRestAndGoesOn()
    {
        EffectJournal journal = new(File);
        journal.Append(Row("sft", 1));
        journal.Append(Row("dpo", 1));
        using (FileStream torn = new(File, FileMode.Open))
        {
            torn.SetLength(torn.Length - 7);
        }

        EffectJournal reopened = new(File);
        Assert.Equal("sft", Assert.Single(reopened.Rows).Arm);
        reopened.Append(Row("grpo", 1));

        Assert.Equal(["sft", "grpo"], new EffectJournal(File).Rows.Select(row => row.Arm));
    }

    [Fact]
    public void Open_DamageBeforeTheEnd_NamesTheLine()
    {
        EffectJournal journal = new(File);
        journal.Append(Row("sft", 1));
        System.IO.File.AppendAllText(File, "{\"Arm\":\n");
        journal.Append(Row("dpo", 1));

        EvaluationException error = Assert.Throws<EvaluationException>(() => new EffectJournal(File));

        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
    }

    private static EffectRow Row(string arm, ulong seed) => new()
    {
        Arm = arm,
        Family = "lookup",
        Seed = seed,
        Settings = "steps 5",
        Answers = new(StringComparer.Ordinal) { ["lookup"] = "0110", ["tools"] = "1" },
        TrainedTokens = 12_345,
        Phases = new(StringComparer.Ordinal) { ["sampling"] = 1.5 },
        Curve = [new CurvePoint(10, 2.5, 0.625)],
    };
}
