using Agents.Replication;

namespace Agents.Runtime.Tests.Replication;

/// <summary>Trains one adapter and compares base and adapter on a few items; counts what it really did.</summary>
internal sealed class ToyReplication(int items = 6) : IReplication
{
    private int _observed;

    /// <summary>Gets how many observations were made, not read.</summary>
    public int Observed => _observed;

    /// <summary>Gets how many values were computed, not read.</summary>
    public int Computed { get; private set; }

    /// <summary>Gets or sets what happens before observation n of this process; for cancellations and failures.</summary>
    public Action<int>? Before { get; init; }

    public ReplicationInfo Info => LaboratoryBench.Info;

    public async Task<ReplicationFindings> RunAsync(ILaboratory laboratory, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<ExperimentItem> test = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Test, items, 5));
        IReadOnlyList<ExperimentItem> train = laboratory.Items(new ItemQuery("arithmetic", ExperimentSplit.Train, 4, 5));
        List<ArmRun> plain = [];
        List<ArmRun> adapted = [];
        foreach (ulong seed in laboratory.Seeds)
        {
            ExperimentAdapter adapter = await laboratory.TrainAsync(
                new AdapterTraining { Name = "toy", Seed = seed, Rank = 2, BatchSize = 2, Steps = 3, Conversations = [.. train.Select(item => LaboratoryBench.Lesson(item.Question, "answer: 1"))] }, cancellationToken);
            plain.Add(await MeasureAsync(laboratory, "plain", seed, test, new StrategyRun("once"), cancellationToken));
            adapted.Add(await MeasureAsync(
                laboratory, "adapted", seed, test, new StrategyRun("once") { Adapters = new Dictionary<string, ExperimentAdapter> { ["writer"] = adapter } }, cancellationToken));
        }

        double[] remembered = await laboratory.RememberAsync("sum", BenchJson.Default.DoubleArray, _ =>
        {
            Computed++;
            return Task.FromResult<double[]>([1.0 / 3]);
        }, cancellationToken);
        ArmComparison primary = laboratory.Compare(plain, adapted);
        ArmComparison lengths = laboratory.Compare(plain, adapted, "letters");
        return new ReplicationFindings
        {
            Verdict = EffectVerdict.Shown,
            Explanation = "It is a toy.",
            Primary = primary,
            Comparisons = [primary, lengths],
            Arms = [.. plain, .. adapted],
            Checks = [new FindingCheck("letters change", lengths.Difference != 0, $"{lengths.Difference:R}")],
            Tables = [new FindingTable("Sums", ["name", "value"], [["third", $"{remembered[0]:R}"]])],
            Setup = [$"{items} items"],
            Notes = ["Nothing surprised."],
        };
    }

    private Task<ArmRun> MeasureAsync(ILaboratory laboratory, string arm, ulong seed, IReadOnlyList<ExperimentItem> test, StrategyRun run, CancellationToken cancellationToken) =>
        laboratory.MeasureAsync(arm, seed, test, async (item, token) =>
        {
            int number = Interlocked.Increment(ref _observed);
            Before?.Invoke(number);
            token.ThrowIfCancellationRequested();
            ExperimentAnswer answer = await laboratory.AnswerAsync(run, item, seed, token);
            return answer.ToObservation(new Dictionary<string, double> { ["letters"] = answer.Text.Length });
        }, cancellationToken);
}
