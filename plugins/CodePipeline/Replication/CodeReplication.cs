using Agents.Plugins.CodePipeline.Tracing;
using Agents.Replication;

namespace Agents.Plugins.CodePipeline.Replication;

/// <summary>
/// The laptop-scale check of papers/62 §5: what a debug loop gains, and whether it is the run-time values of the trace that bring it, or a second look at the source,
/// the failing test, or simply more programs.
/// </summary>
public sealed class CodeReplication : IReplication
{
    /// <summary>Number of the paper.</summary>
    public const string Paper = "62";

    /// <summary>Id of the task family.</summary>
    internal const string Family = "code";

    private const ulong DataSeed = 6_200;
    private readonly CodeScale? _scale;

    /// <summary>Creates the check with the sizes of the laboratory's profile.</summary>
    public CodeReplication()
    {
    }

    /// <summary>Creates the check with other sizes.</summary>
    /// <param name="scale">Sizes.</param>
    internal CodeReplication(CodeScale scale)
    {
        _scale = scale;
    }

    /// <inheritdoc/>
    public ReplicationInfo Info { get; } = new(
        Paper,
        CodePipelineStrategy.Id,
        "Enhancing LLM Code Generation: Multi-Agent Collaboration and Runtime Debugging",
        "Repairing a program from the block-level trace of its first failing visible test gives more right programs than repairing without run-time values and than drawing new programs with as many calls.");

    /// <inheritdoc/>
    public async Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(laboratory);
        CodeScale scale = _scale ?? CodeScale.Of(laboratory.Profile);
        ExperimentSplit split = laboratory.Profile == ReplicationProfile.Full ? ExperimentSplit.Test : ExperimentSplit.Validation;
        IReadOnlyList<ExperimentItem> items = laboratory.Items(new ItemQuery(Family, split, scale.Items, DataSeed));
        CodeBench bench = new(laboratory);
        CodeArms arms = new();
        List<ExperimentAdapter> adapters = [];
        foreach (ulong seed in laboratory.Seeds)
        {
            laboratory.Say($"62: training the team, seed {seed}");
            ExperimentAdapter team = await laboratory.TrainAsync(new AdapterTraining
            {
                Name = "team",
                Seed = seed,
                Rank = 16,
                LearningRate = 2e-3,
                BatchSize = 32,
                Epochs = CodeScale.Epochs,
                Conversations = await new CodeTeam(laboratory, scale).WriteAsync(DataSeed + seed, cancellationToken).ConfigureAwait(false),
            }, cancellationToken).ConfigureAwait(false);
            adapters.Add(team);
            await MeasureAsync(laboratory, bench, arms, items, team, "", seed, cancellationToken).ConfigureAwait(false);
            await MeasureAsync(laboratory, bench, arms, items, null, CodeArms.Bare, seed, cancellationToken).ConfigureAwait(false);
        }

        return CodeFindings.Of(laboratory, scale, split, adapters, arms);
    }

    private static async Task MeasureAsync(
        ILaboratory laboratory, CodeBench bench, CodeArms arms, IReadOnlyList<ExperimentItem> items, ExperimentAdapter? adapter, string prefix, ulong seed, CancellationToken cancellationToken)
    {
        async Task<ArmRun> Arm(string name, Func<ExperimentItem, CancellationToken, Task<Observation>> observe)
        {
            ArmRun run = await laboratory.MeasureAsync(prefix + name, seed, items, observe, cancellationToken).ConfigureAwait(false);
            arms.Add(run);
            return run;
        }

        Task<ArmRun> Flow(string name, CodeFlow flow, TraceSlot slot) => Arm(name, (item, token) => bench.FlowAsync(flow, slot, item, adapter, seed, token));

        await Flow(CodeArms.Basic, CodeFlow.Basic, TraceSlot.None).ConfigureAwait(false);
        if (adapter is not null)
        {
            await Flow(CodeArms.Planned, CodeFlow.AnalystCoder, TraceSlot.None).ConfigureAwait(false);
            await Flow(CodeArms.Tested, CodeFlow.AnalystCoderTester, TraceSlot.None).ConfigureAwait(false);
            await Flow(CodeArms.TestOnly, CodeFlow.Debug, TraceSlot.None).ConfigureAwait(false);
        }

        await Flow(CodeArms.Source, CodeFlow.Debug, TraceSlot.Source).ConfigureAwait(false);
        ArmRun real = await Flow(CodeArms.Real, CodeFlow.Debug, TraceSlot.Real).ConfigureAwait(false);
        ArmRun resample = await Arm(CodeArms.Resample, (item, token) => bench.ResampleAsync(item, adapter, seed, token)).ConfigureAwait(false);
        arms.AddMatched(prefix + CodeArms.Matched, resample, real);
    }
}
