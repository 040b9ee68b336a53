using Agents.Plugins.VerbalizedSampling.Typicality;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>
/// What the writer of problems learns: to write one problem, plain lists and lists with probabilities, with types after the same law in all three; then preferences of
/// raters who like frequent types of single problems.
/// </summary>
/// <param name="laboratory">Draws problems and renders prompts.</param>
/// <param name="seed">Decides them.</param>
internal sealed class SynthesisCorpus(ILaboratory laboratory, ulong seed)
{
    /// <summary>What the writer is asked for.</summary>
    public const string Request = "write a problem";

    private const int PoolPerType = 600;
    private readonly IReadOnlyList<ExperimentItem>[] _pools =
    [
        .. Enumerable.Range(1, SynthesisScale.Types).Select(type => laboratory.Items(new ItemQuery(SynthesisScale.Family, ExperimentSplit.Train, PoolPerType, seed) { Difficulty = type })),
    ];

    /// <summary>Asks for something to be written, in the place of an item's question; the item lends its id.</summary>
    /// <param name="item">Any drawn item.</param>
    public static ExperimentItem Asked(ExperimentItem item) => item with { Question = Request };

    /// <summary>Gets a training problem of a type.</summary>
    /// <param name="type">Type from 1.</param>
    /// <param name="stream">Decides which one.</param>
    public ExperimentItem Draw(int type, ref SampleStream stream) => _pools[type - 1][stream.NextInt(PoolPerType)];

    /// <summary>Writes the corpus, a third of each format; lists have distinct types, drawn by their law without replacement.</summary>
    /// <param name="count">Conversations.</param>
    public IReadOnlyList<TrainingConversation> Write(int count)
    {
        ExperimentItem asked = Asked(_pools[0][0]);
        Dictionary<string, double> law = SynthesisScale.Law.Select((share, i) => (Type: i + 1, Share: share)).ToDictionary(pair => Invariant(pair.Type), pair => pair.Share);
        IReadOnlyList<ChatMessage> instance = ListingPrompts.Instance(asked);
        IReadOnlyList<ChatMessage> plain = ListingPrompts.Typical(asked);
        IReadOnlyList<ChatMessage> verbalized = ListingPrompts.Verbalized(laboratory, asked, null);
        List<TrainingConversation> conversations = new(count);
        for (int i = 0; i < count; i++)
        {
            SampleStream stream = new(seed, (ulong)i, 3);
            List<string> lines = [];
            foreach ((string type, double share) in ListingCorpus.Draw(law, i % 3 == 0 ? 1 : ListingScale.ListLength, ref stream))
            {
                string problem = Draw(int.Parse(type, System.Globalization.CultureInfo.InvariantCulture), ref stream).Question;
                lines.Add(i % 3 == 2 ? ListingPrompts.Line(problem, share) : problem);
            }

            conversations.Add(new TrainingConversation((i % 3) switch { 0 => instance, 1 => plain, _ => verbalized }, string.Join('\n', lines)));
        }

        return conversations;
    }

    /// <summary>Makes pairs of single problems of different types, evenly drawn; raters break ties by how often the writer writes such a type.</summary>
    /// <param name="count">Pairs.</param>
    /// <param name="shares">Share of each type in what the writer wrote.</param>
    /// <param name="run">Seed of the run.</param>
    public IReadOnlyList<TrainingPreference> Prefer(int count, IReadOnlyList<double> shares, ulong run)
    {
        IReadOnlyList<ChatMessage> prompt = ListingPrompts.Instance(Asked(_pools[0][0]));
        List<TrainingPreference> pairs = new(count);
        for (int i = 0; i < count; i++)
        {
            SampleStream stream = new(seed + run, (ulong)i, 4);
            int first = 1 + stream.NextInt(SynthesisScale.Types);
            int second = 1 + ((first + stream.NextInt(SynthesisScale.Types - 1)) % SynthesisScale.Types);
            string one = Draw(first, ref stream).Question;
            string other = Draw(second, ref stream).Question;
            double difference = Math.Log(shares[first - 1]) - Math.Log(shares[second - 1]);
            bool likesFirst = stream.NextUnit() < TypicalityLaw.PreferenceProbability(ListingScale.Alpha, difference);
            pairs.Add(likesFirst ? new(prompt, one, other) : new(prompt, other, one));
        }

        return pairs;
    }

    private static string Invariant(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
