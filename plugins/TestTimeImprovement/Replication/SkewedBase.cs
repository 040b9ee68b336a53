using Agents.Models;
using Agents.Plugins.TestTimeImprovement.Tools;
using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>
/// The untrained model of all arms (papers/61 §5): the model under test with one adapter that learned new functions from a skewed mixture, few of them seen often and many rarely, one way of asking for each never, and
/// to write variants from the same mixture, so that G exists. It is served and improved at test time like any adapter.
/// </summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Counts">How often the training called each function, wrong solutions included.</param>
/// <param name="Seen">Ways of asking that it saw.</param>
internal sealed record SkewedBase(ExperimentAdapter Adapter, IReadOnlyDictionary<string, int> Counts, ToolPhraseBook Seen)
{
    /// <summary>Conversations of each role that it learns from.</summary>
    public const int Data = 1500;

    /// <summary>How often it sees each.</summary>
    public const int Epochs = 5;

    /// <summary>Rank of the adapter.</summary>
    public const int Rank = 32;

    /// <summary>Peak of the learning rate.</summary>
    public const double Rate = 3e-3;

    /// <summary>What was tried on the validation split until the unadapted model answered 50 to 70 % right and wrote valid variants: sizes and rates only, never by how the method did.</summary>
    public const string Tried =
        "The base was chosen on the validation split by accuracy, margins and the validity of its variants alone, before the full run. Skew k^-1.2 with ways of asking at 3 : 2 : 1 : 0: 1500 conversations of each role, 2 epochs, rank 16 "
        + "at 0.002 gave 26 % right (a quick run of 100 items, all arms: own pairs −4 points, right pairs +34); 8 epochs, rank 32 gave 77.7 % (300 items, AUROC 0.669); 4000 of each, 3 epochs at 0.003 gave 87.3 % (AUROC 0.708). Skew k^-1.6 with "
        + "6 : 3 : 1 : 0, 1500 of each, 5 epochs, rank 32 at 0.003 gave 67.3 % (frequent 94 %, middle 78 %, rare 54 %, unseen ways of asking 43 %; AUROC 0.686; 67 % unsure, a valid variant for 59 % of those) and was taken.";

    private const ulong DataSeed = 6_100;
    private const string QuestionStart = "tools: ";
    private const int Bands = 3;
    private static readonly string[] BandNames = ["frequent", "middle", "rare"];

    /// <summary>Gets how requests name it.</summary>
    public AdapterUse Use { get; } = new(Adapter.Id);

    /// <summary>Gets it as the adapter of all roles.</summary>
    public IReadOnlyDictionary<string, ExperimentAdapter> Roles { get; } = new Dictionary<string, ExperimentAdapter> { ["default"] = Adapter };

    /// <summary>Gets the bands in the order of reports.</summary>
    public static IReadOnlyList<string> AllBands { get; } = [.. BandNames, "unseen phrase"];

    /// <summary>Trains it, once for all seeds and sizes of runs.</summary>
    /// <param name="laboratory">The laboratory.</param>
    /// <param name="phrases">All ways of asking.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    public static async Task<SkewedBase> TrainAsync(ILaboratory laboratory, ToolPhraseBook phrases, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrainingConversation> solved = laboratory.RoleData(new RoleQuery("solve", ImprovementPlan.Family, Data, DataSeed));
        IReadOnlyList<TrainingConversation> variants = laboratory.RoleData(new RoleQuery("variant", ImprovementPlan.Family, Data, DataSeed + 1));
        ExperimentAdapter adapter = await laboratory.TrainAsync(
            new AdapterTraining { Name = "base", Seed = DataSeed, Rank = Rank, LearningRate = Rate, BatchSize = 32, Epochs = Epochs, Conversations = [.. solved, .. variants] }, cancellationToken).ConfigureAwait(false);
        Dictionary<string, int> counts = solved.Concat(variants)
            .Select(conversation => ToolQuestion.Call(laboratory.Answers.Extract(conversation.Target))?.Name)
            .OfType<string>().GroupBy(name => name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        IEnumerable<string> questions = solved.Concat(variants).SelectMany(conversation => conversation.Prompt.Select(message => message.Text).Append(conversation.Target))
            .SelectMany(text => text.Split('\n')).Where(line => line.Contains(QuestionStart, StringComparison.Ordinal)).Select(line => line[line.IndexOf(QuestionStart, StringComparison.Ordinal)..]);
        return new SkewedBase(adapter, counts, phrases.Within(questions));
    }

    /// <summary>The band of an item: how often its function was seen, a third of the functions each; or that its way of asking never was.</summary>
    /// <param name="item">An item.</param>
    public string BandOf(ExperimentItem item)
    {
        string? name = ToolQuestion.Call(item.Answer)?.Name;
        return name is null || !Seen.Knows(item.Question, name) ? AllBands[Bands] : BandNames[BandOf(name)];
    }

    /// <summary>How often the functions of each band were seen, for people.</summary>
    public string Describe()
    {
        IEnumerable<string> ranges = BandNames.Select((band, i) =>
        {
            int[] counts = [.. Counts.Where(entry => BandOf(entry.Key) == i).Select(entry => entry.Value).Order()];
            return counts.Length == 0 ? $"{band}: none" : $"{band}: {counts.Length} functions, seen {counts[0]} to {counts[^1]} times";
        });
        return string.Join("; ", ranges);
    }

    private int BandOf(string name)
    {
        string[] ranked = [.. Counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Key)];
        int rank = Array.IndexOf(ranked, name);
        return rank < 0 ? Bands - 1 : rank * Bands / ranked.Length;
    }
}
