using Agents.Training.Advantages;
using Agents.Training.Experience;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Tests.Experience;
using Agents.Training.Tests.Loops;
using Agents.Verification;

namespace Agents.Training.Tests.Rewards;

public sealed class WeightedRewardComposerTests
{
    private static RewardComponent Fixed(string name, Verdict verdict, double weight = 1) => new(name, new BanditRun.DelegateVerifier(_ => verdict), weight);

    private static async Task<ExperienceRow> Score(OverlongPenalty? penalty, params RewardComponent[] components)
    {
        WeightedRewardComposer sut = new(BanditRun.Reader, components, penalty);
        ExperienceGroup group = await sut.ScoreAsync(new RolloutPrompt("p", [1, 2, 3]), SampleGroup.Of(1, 0, double.NaN), TestContext.Current.CancellationToken);
        return Assert.Single(group.Rows);
    }

    [Fact]
    public async Task ScoreAsync_SeveralVerifiers_AddsWeightedPartialCredit()
    {
        ExperienceRow row = await Score(null, Fixed("half", new Verdict(false, 0.5), 2), Fixed("right", Verdict.Of(true), 0.25));

        Assert.Equal(1.25, row.Reward);
        Assert.Equal((0.5, 1.0), (row.Rewards["half"], row.Rewards["right"]));
    }

    [Fact]
    public async Task ScoreAsync_OneCannotJudge_HasNoReward()
    {
        ExperienceRow row = await Score(null, Fixed("right", Verdict.Of(true)), Fixed("silent", Verdict.NotJudgeable));

        Assert.True(double.IsNaN(row.Reward));
        Assert.True(double.IsNaN(row.Rewards["silent"]));
        Assert.Equal(1, row.Rewards["right"]);
    }

    [Fact]
    public async Task ScoreAsync_WatchedComponentCannotJudge_DoesNotMask() =>
        Assert.Equal(1, (await Score(null, Fixed("right", Verdict.Of(true)), Fixed("silent", Verdict.NotJudgeable, 0))).Reward);

    [Fact]
    public async Task ScoreAsync_Invalid_IsTheLowestScoreNotUnscored() =>
        Assert.Equal(0, (await Score(null, Fixed("broken", new Verdict(false, null) { Invalid = true }))).Reward);

    [Fact]
    public async Task ScoreAsync_NearTheLimit_IsPenalised()
    {
        ExperienceRow row = await Score(new OverlongPenalty(Limit: 3, Buffer: 2), Fixed("right", Verdict.Of(true)));

        Assert.Equal((0.5, -0.5), (row.Reward, row.Rewards["overlong"]));
    }

    [Fact]
    public async Task ScoreAsync_Verifier_SeesTextAndPrompt()
    {
        VerificationRequest? seen = null;
        WeightedRewardComposer sut = new(BanditRun.Reader, [new RewardComponent("v", new BanditRun.DelegateVerifier(request =>
        {
            seen = request;
            return Verdict.Of(true);
        }))]);
        ExperienceGroup group = SampleGroup.Of(1, 0, 0) with { Rows = [SampleGroup.Row(0) with { CompletionTokenIds = [4, BanditRun.End] }] };

        await sut.ScoreAsync(new RolloutPrompt("task-7", [1]) { Question = "q", Reference = "r" }, group, TestContext.Current.CancellationToken);

        Assert.Equal(("q", "d", "task-7", "r"), (seen!.Question, seen.Response, seen.TaskId, seen.Reference));
    }

    [Fact]
    public void Constructor_NoneTwiceOrInfinite_IsRefused()
    {
        RewardComponent one = Fixed("a", Verdict.Of(true));

        Assert.Throws<ArgumentException>(() => new WeightedRewardComposer(BanditRun.Reader, []));
        Assert.Throws<ArgumentException>(() => new WeightedRewardComposer(BanditRun.Reader, [one, one]));
        Assert.Throws<ArgumentException>(() => new WeightedRewardComposer(BanditRun.Reader, [one with { Weight = double.NaN }]));
        Assert.Throws<ArgumentException>(() => new WeightedRewardComposer(BanditRun.Reader, [one with { Name = "overlong" }], new OverlongPenalty(3, 2)));
    }
}
