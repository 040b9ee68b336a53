using Agents.Replication;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>All runs of the check by arm, in order of appearance.</summary>
internal sealed class ListingArms
{
    /// <summary>Single answers of the base model.</summary>
    public const string BaseDirect = "base: direct";

    /// <summary>Enumerations of the base model.</summary>
    public const string BaseEnumeration = "base: enumeration";

    /// <summary>Typical lists of the base model.</summary>
    public const string BaseTypical = "base: typical list";

    /// <summary>Lists with probabilities of the base model.</summary>
    public const string BaseVerbalized = "base: verbalized";

    /// <summary>Single answers after DPO on the instance prompt.</summary>
    public const string Direct = "aligned: direct";

    /// <summary>Enumerations after DPO on the instance prompt.</summary>
    public const string Enumeration = "aligned: enumeration";

    /// <summary>Typical lists after DPO on the instance prompt.</summary>
    public const string Typical = "aligned: typical list";

    /// <summary>Lists with probabilities after DPO on the instance prompt; their distribution is the strategy's own.</summary>
    public const string Verbalized = "aligned: verbalized";

    /// <summary>The same lists, read as the mean probability that is stated for each answer.</summary>
    public const string Stated = "aligned: verbalized, as stated";

    /// <summary>What alignment added to the divergence of single answers.</summary>
    public const string DirectRise = "rise: direct";

    /// <summary>What alignment added to the divergence of enumerations.</summary>
    public const string EnumerationRise = "rise: enumeration";

    /// <summary>What alignment added to the divergence of typical lists.</summary>
    public const string TypicalRise = "rise: typical list";

    /// <summary>What alignment added to the divergence of lists with probabilities.</summary>
    public const string VerbalizedRise = "rise: verbalized";

    /// <summary>Lists with probabilities after DPO on the prompt for lists, too.</summary>
    public const string BothVerbalized = "lists aligned too: verbalized";

    /// <summary>Sharpness after DPO.</summary>
    public const string Gamma = "gamma: aligned";

    /// <summary>Sharpness after DPO with the larger beta.</summary>
    public const string WeakGamma = "gamma: weakly aligned";

    /// <summary>Name of the value of questions for which no reply had a list with weights.</summary>
    public const string Unreadable = "unreadable";

    private readonly List<ArmRun> _runs = [];

    /// <summary>Gets all runs, equal arms together.</summary>
    public IReadOnlyList<ArmRun> All => [.. _runs.GroupBy(run => run.Arm).SelectMany(group => group)];

    /// <summary>Gets the runs of an arm.</summary>
    /// <param name="arm">Its name.</param>
    public IReadOnlyList<ArmRun> this[string arm] => [.. _runs.Where(run => run.Arm == arm)];

    /// <summary>Names the arm of a tail threshold.</summary>
    /// <param name="tail">The threshold.</param>
    public static string Tail(double tail) => FormattableString.Invariant($"aligned: verbalized, tail {tail}");

    /// <summary>Adds a run.</summary>
    /// <param name="run">The run.</param>
    public void Add(ArmRun run) => _runs.Add(run);

    /// <summary>Adds a reading of a run: the same rows under another name, with one of their values as the metric.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">Name of the reading.</param>
    /// <param name="value">The value that becomes <c>kl</c>.</param>
    public void AddReading(ArmRun run, string name, string value) => Add(new ArmRun(name, run.Seed, [.. run.Rows.Select(row => (row.Item, row.Seen with
    {
        Values = row.Seen.Values.TryGetValue(value, out double found) ? new Dictionary<string, double> { ["kl"] = found } : [],
    }))]));

    /// <summary>Adds the reading of what alignment did: the divergence after it minus the divergence before it, question by question.</summary>
    /// <param name="before">Run of the base model.</param>
    /// <param name="after">Run of the aligned model on the same questions with the same seed.</param>
    /// <param name="name">Name of the reading; its calls are those of the run after alignment.</param>
    public void AddRise(ArmRun before, ArmRun after, string name)
    {
        Dictionary<string, double> known = before.Rows.Where(row => row.Seen.Values.ContainsKey("kl")).ToDictionary(row => row.Item.Id, row => row.Seen.Values["kl"], StringComparer.Ordinal);
        Add(new ArmRun(name, after.Seed, [.. after.Rows.Select(row => (row.Item, row.Seen with
        {
            Values = row.Seen.Values.TryGetValue("kl", out double later) && known.TryGetValue(row.Item.Id, out double earlier) ? new Dictionary<string, double> { ["kl"] = later - earlier } : [],
        }))]));
    }

    /// <summary>Returns the share of an arm's questions for which no reply had a list with weights.</summary>
    /// <param name="arm">The arm.</param>
    public double UnreadableShare(string arm) => this[arm].SelectMany(run => run.Rows).Select(row => row.Seen.Values.ContainsKey(Unreadable) ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Returns the mean of a value over all rows of an arm that have it.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="value">Name of the value.</param>
    public double Mean(string arm, string value) => this[arm].SelectMany(run => run.Rows).Where(row => row.Seen.Values.ContainsKey(value)).Select(row => row.Seen.Values[value]).DefaultIfEmpty(double.NaN).Average();
}
