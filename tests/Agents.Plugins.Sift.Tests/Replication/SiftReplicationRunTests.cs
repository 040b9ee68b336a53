using Agents.Plugins.Sift.Replication;
using Agents.Plugins.Sift.Stickers;
using Agents.Replication;
using Agents.Testing;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Sift.Tests.Replication;

public sealed class SiftReplicationRunTests
{
    private const int CallsOfSift = 6;

    // Six tests look at the same run.
    private static readonly Lazy<Task<(ReplicationFindings Findings, List<StrategyRun> Votes)>> Effect = new(async () =>
    {
        List<StrategyRun> votes = [];
        return (await RunAsync(new Shares(Direct: .6, Sift: .8, Vote: .6), votes: votes), votes);
    });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_BetterThanBothControls_IsShown()
    {
        (ReplicationFindings findings, _) = await Effect.Value;

        Assert.Equal(EffectVerdict.Shown, findings.Verdict);
        Assert.Equal((SiftCondition.Sampled.Of(SiftArms.Matched), SiftCondition.Sampled.Of(SiftArms.Sift)), (findings.Primary.Baseline, findings.Primary.Method));
        Assert.Contains("every control", findings.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_VoteIsAsGood_IsShownAgainstThePlainAnswerOnly()
    {
        ReplicationFindings findings = await RunAsync(new Shares(Direct: .6, Sift: .8, Vote: .8));

        Assert.Equal(EffectVerdict.ShownAgainstSome, findings.Verdict);
        Assert.Contains("(sampled, plain answer; greedy, plain answer)", findings.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoEffect_IsNotShown()
    {
        ReplicationFindings findings = await RunAsync(new Shares(Direct: .6, Sift: .6, Vote: .6));

        Assert.Equal(EffectVerdict.NotShown, findings.Verdict);
    }

    [Fact]
    public async Task RunAsync_VotesWinEverywhere_FailsTheCheck()
    {
        ReplicationFindings findings = await RunAsync(new Shares(Direct: .6, Sift: .6, Vote: .9));

        Assert.False(Check(findings, "A vote at equal calls").Holds);
        Assert.Equal(EffectVerdict.NotShown, findings.Verdict);
    }

    [Fact]
    public async Task RunAsync_EqualCalls_SamplesAsOftenAsTheMethodCalled()
    {
        (_, List<StrategyRun> votes) = await Effect.Value;

        Assert.Equal([3, CallsOfSift, 11], votes.Select(run => run.Options.Samples!.Value).Distinct().Order());
        Assert.Equal([.6, 1], votes.Select(run => run.Options.Temperature!.Value).Distinct().Order());
        Assert.Equal(votes.Count / 3, votes.Count(run => run.Options.Samples == CallsOfSift));
    }

    [Fact]
    public async Task RunAsync_Agreement_IsMeasuredBesideTheLaw()
    {
        (ReplicationFindings findings, _) = await Effect.Value;

        FindingTable table = findings.Tables.Single(candidate => candidate.Title.StartsWith("sampled: Agreement", StringComparison.Ordinal));
        Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count));
        Assert.True(Check(findings, "Agreed answers").Holds);
        Assert.Equal("100.0 %", table.Rows.Single(row => row[0] == "agreed answers right")[1]);
    }

    [Fact]
    public async Task RunAsync_Stickers_AreScoredAfterEveryOperation()
    {
        (ReplicationFindings findings, _) = await Effect.Value;

        FindingTable table = findings.Tables.Single(candidate => candidate.Title.StartsWith("greedy: Quality", StringComparison.Ordinal));
        Assert.Equal(["generated (stage 1)", "corrected (stage 2)", "from the prediction", "from the prediction, corrected (stage 3)"], table.Rows.Select(row => row[0]));
        Assert.Equal("100.0 %", table.Rows[1][2]);
        Assert.NotEqual("100.0 %", table.Rows[0][2]);
        Assert.True(Check(findings, "Forward optimization").Holds);
    }

    [Fact]
    public async Task RunAsync_Corrections_ThatChangeNothing_FailTheCheck()
    {
        ReplicationFindings findings = await RunAsync(new Shares(Direct: .6, Sift: .8, Vote: .6), ReplicationProfile.Quick, corrects: false);

        Assert.False(Check(findings, "Forward optimization").Holds);
    }

    [Fact]
    public async Task RunAsync_Seeds_HaveTheirOwnQuestions()
    {
        (ReplicationFindings findings, _) = await Effect.Value;

        ArmRun[] direct = [.. findings.Arms.Where(run => run.Arm == SiftCondition.Greedy.Of(SiftArms.Direct))];
        Assert.Equal(3, direct.Length);
        Assert.Equal(1200, direct.SelectMany(run => run.Rows).Select(row => row.Item.Id).Distinct().Count());
        Assert.All(direct.SelectMany(run => run.Rows), row => Assert.True(SiftItems.CanBeMisread(row.Item.Question)));
    }

    [Fact]
    public async Task RunAsync_Quick_IsSmall()
    {
        ReplicationFindings findings = await RunAsync(new Shares(Direct: .6, Sift: .8, Vote: .6), ReplicationProfile.Quick);

        Assert.All(findings.Arms, run => Assert.Equal(100, run.Rows.Count));
    }

    private static FindingCheck Check(ReplicationFindings findings, string start) => findings.Checks.Single(check => check.Statement.StartsWith(SiftCondition.Sampled.Of(start), StringComparison.Ordinal));

    private static Task<ReplicationFindings> RunAsync(Shares shares, ReplicationProfile profile = ReplicationProfile.Full, bool corrects = true, List<StrategyRun>? votes = null)
    {
        Dictionary<string, IReadOnlyList<string>> facts = [];
        ScriptedChatClient client = new ScriptedChatClient()
            .On(messages => messages[^1].Text.StartsWith("SG ", StringComparison.Ordinal), (messages, _) => Short(facts, messages))
            .On(messages => messages[^1].Text.StartsWith("FO ", StringComparison.Ordinal), (messages, _) => corrects ? Whole(facts, messages) : Short(facts, messages))
            .On(messages => messages[^1].Text.StartsWith("IG ", StringComparison.Ordinal), (_, _) => "7\nask result")
            .On(_ => true, (_, _) => "answer: 7");
        ScriptedLaboratory laboratory = new()
        {
            Profile = profile,
            Seeds = profile == ReplicationProfile.Full ? [1, 2, 3] : [1],
            Model = new ScriptedLaboratoryModel(client),
            Prompts = MemoryPrompts.Of(
                ("sift/sticker", "SG {{question}}", ["question"]),
                ("sift/correct", "FO {{question}}\n{{sticker}}", ["question", "sticker", "schema"]),
                ("sift/invert", "IG {{prediction}}", ["prediction", "schema"]),
                ("sift/solve-with-sticker", "QS {{question}}\n{{sticker}}", ["question", "sticker"])),
            Calls = run => run.Strategy == SiftStrategy.Id ? CallsOfSift : run.Options.Samples ?? 1,
            Answer = (run, item, seed) =>
            {
                facts[item.Question] = item.Facts;
                if (run.Strategy == "self-consistency")
                {
                    votes?.Add(run);
                }

                return IsRight(run, item, shares) ? item.Solution : "answer: wrong";
            },
            Details = (run, item, _) => new Dictionary<string, object?>
            {
                ["grounded"] = IsRight(run, item, shares),
                ["stage"] = IsRight(run, item, shares) ? 1 : 0,
                ["stickerAnswer"] = IsRight(run, item, shares) ? item.Answer : "none",
                ["bothAnswer"] = IsRight(run, item, shares) ? item.Answer : "other",
            },
        };
        return new SiftReplication().RunAsync(laboratory, Stop);
    }

    private static string Whole(Dictionary<string, IReadOnlyList<string>> facts, IReadOnlyList<ChatMessage> messages) => string.Join('\n', facts[messages[^1].Text[3..].Split('\n')[0]]);

    private static string Short(Dictionary<string, IReadOnlyList<string>> facts, IReadOnlyList<ChatMessage> messages) => string.Join('\n', facts[messages[^1].Text[3..].Split('\n')[0]].Skip(1));

    // Right for a share of the items: those that a worse arm answers, a better one answers too.
    private static bool IsRight(StrategyRun run, ExperimentItem item, Shares shares)
    {
        double share = run.Strategy switch { "direct" => shares.Direct, "self-consistency" => shares.Vote, _ => shares.Sift };
        ulong hash = item.Id.Aggregate(1UL, (sum, letter) => unchecked((sum * 31) + letter));
        var stream = new SampleStream(hash);
        return stream.NextUnit() < share;
    }

    private sealed record Shares(double Direct, double Sift, double Vote);
}
