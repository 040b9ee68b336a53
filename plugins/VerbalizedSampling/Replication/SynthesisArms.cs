using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>What was written and how well its students do, by arm and seed.</summary>
/// <param name="corpus">Knows the types.</param>
internal sealed class SynthesisArms(SynthesisCorpus corpus)
{
    /// <summary>The model without training.</summary>
    public const string Untrained = "use: no training";

    /// <summary>Trained on problems of the training split, all types alike.</summary>
    public const string Split = "use: training split";

    /// <summary>Trained on single problems of the writer before alignment.</summary>
    public const string BaseDirect = "use: direct before alignment";

    /// <summary>Trained on plain lists of the writer before alignment.</summary>
    public const string BasePlain = "use: plain list before alignment";

    /// <summary>Trained on lists with probabilities of the writer before alignment.</summary>
    public const string BaseVerbalized = "use: verbalized before alignment";

    /// <summary>Trained on single problems of the aligned writer.</summary>
    public const string Direct = "use: direct";

    /// <summary>Trained on plain lists of the aligned writer.</summary>
    public const string Plain = "use: plain list";

    /// <summary>Trained on lists with probabilities of the aligned writer.</summary>
    public const string Verbalized = "use: verbalized";

    private readonly List<(string Arm, WrittenSet Set)> _sets = [];
    private readonly List<ArmRun> _runs = [];

    /// <summary>Gets all arms that train a student, in order of appearance.</summary>
    public static IReadOnlyList<string> Trained { get; } = [Split, BaseDirect, BasePlain, BaseVerbalized, Direct, Plain, Verbalized];

    /// <summary>Gets all runs, equal arms together.</summary>
    public IReadOnlyList<ArmRun> All => [.. _runs.GroupBy(run => run.Arm).SelectMany(group => group)];

    /// <summary>Gets the runs of an arm.</summary>
    /// <param name="arm">Its name.</param>
    public IReadOnlyList<ArmRun> this[string arm] => [.. _runs.Where(run => run.Arm == arm)];

    /// <summary>Adds a run.</summary>
    /// <param name="run">The run.</param>
    public void Add(ArmRun run) => _runs.Add(run);

    /// <summary>Adds what was written.</summary>
    /// <param name="arm">For which arm.</param>
    /// <param name="set">What.</param>
    public void Add(string arm, WrittenSet set) => _sets.Add((arm, set));

    /// <summary>Returns the mean of a figure over what was written for an arm, seed by seed.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="figure">The figure.</param>
    public double Mean(string arm, Func<WrittenSet, double> figure) => _sets.Where(pair => pair.Arm == arm).Select(pair => figure(pair.Set)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Returns the share of right answers to the questions of some types.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="types">Which types, by rank from 0.</param>
    public double Accuracy(string arm, Func<int, bool> types) =>
        this[arm].SelectMany(run => run.Rows).Where(row => types(corpus.TypeOf(row.Item.Facts))).Select(row => row.Seen.Correct == true ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();
}
