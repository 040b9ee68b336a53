using Agents.Training.Backward;
using Agents.Training.Loops;
using Agents.Training.Preflight;
using Agents.Training.Rewards;
using Agents.Training.Rollouts;
using Agents.Training.Tests.Loops;
using Agents.Verification;

namespace Agents.Training.Tests.Preflight;

public sealed class RolloutPreflightTests
{
    private static readonly RolloutLimits Limits = new() { ContextLength = 16, Prompts = 4, MaximumPrompts = 8 };

    private static ReinforcementStages WithLimit(ReinforcementStages stages, int tokens) =>
        stages with { Rollout = new GroupRollout(new GroupRolloutOptions { GroupSize = 6, MaximumTokens = tokens, Seed = 11 }) };

    private static async Task<(PreflightReport Report, ReinforcementStages Stages)> Run(ReinforcementStages stages, RolloutLimits? limits = null, bool mayRaise = true)
    {
        using DecoderTrainer<float> model = BanditRun.Model();
        using PolicyGeneration policy = await BanditRun.Sync(model).PublishAsync(TestContext.Current.CancellationToken);
        return await RolloutPreflight.RunAsync(stages, policy, limits ?? Limits, mayRaise ? WithLimit : null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task RunAsync_CutCompletions_RaisesTheLimitAndSaysSo()
    {
        // An untrained policy ends one token in 13, so nearly every completion of one or two tokens is cut.
        (PreflightReport report, ReinforcementStages stages) = await Run(BanditRun.Stages(maximumTokens: 2));

        PreflightChange change = Assert.Single(report.Changes);
        Assert.Equal((PreflightChange.AnswerTokens, 2L, 8L), (change.Setting, change.From, change.To));
        Assert.Equal((8, PreflightVerdict.Adapt), (stages.Rollout.MaximumTokens, report.Verdict));
        Assert.Equal(8, report.Numbers["answerTokens"]);
    }

    [Fact]
    public async Task RunAsync_LimitMustStay_Reports()
    {
        ReinforcementStages asked = BanditRun.Stages(maximumTokens: 2);

        (PreflightReport report, ReinforcementStages stages) = await Run(asked, mayRaise: false);

        Assert.Same(asked, stages);
        Assert.Empty(report.Changes);
        Assert.True(report.Numbers["truncatedShare"] > 0.5);
    }

    [Fact]
    public async Task RunAsync_AnyVerdict_LeavesTheSamplerAndTheRunAsTheyWere()
    {
        ReinforcementStages stages = BanditRun.Stages(maximumTokens: 3);
        byte[] before = stages.Prompts.Save();

        await Run(stages, mayRaise: false);

        Assert.Equal(before, stages.Prompts.Save());
        Assert.Empty(stages.PassRates.Rates);
    }

    [Fact]
    public async Task RunAsync_NoSignalAnywhere_LooksAtMorePromptsAndRefuses()
    {
        int calls = 0;
        BanditRun.DelegateVerifier never = new(_ =>
        {
            calls++;
            return Verdict.Of(false);
        });

        (PreflightReport report, _) = await Run(BanditRun.Stages([new RewardComponent("never", never)], maximumTokens: 4), mayRaise: false);

        Assert.Equal(6 * (4 + 8), calls);
        Assert.Contains("8 of 8 groups have equal rewards", Assert.Throws<Errors.PreflightException>(report.ThrowIfRefused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_PromptFillsTheContext_IsRefused()
    {
        (PreflightReport report, _) = await Run(BanditRun.Stages(), Limits with { ContextLength = 2 });

        Assert.Contains("A prompt has 2 tokens", Assert.Throws<Errors.PreflightException>(report.ThrowIfRefused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_StoredReport_GivesTheSameStagesWithoutSampling()
    {
        (PreflightReport report, ReinforcementStages adapted) = await Run(BanditRun.Stages(maximumTokens: 2));

        ReinforcementStages resumed = RolloutPreflight.Apply(BanditRun.Stages(maximumTokens: 2), report, WithLimit);

        Assert.Equal(adapted.Rollout.Settings, resumed.Rollout.Settings);
        ReinforcementStages same = BanditRun.Stages();
        Assert.Same(same, RolloutPreflight.Apply(same, new PreflightReport(), WithLimit));
    }
}
