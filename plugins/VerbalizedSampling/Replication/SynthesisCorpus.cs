using System.Globalization;
using Agents.Plugins.VerbalizedSampling.Typicality;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.VerbalizedSampling.Replication;

/// <summary>
/// What the writer of problems learns: to write one problem, plain lists and lists with probabilities, with types after the same law in all three; then preferences of
/// raters who like frequent types of single problems. The type of a problem is the name of its function.
/// </summary>
internal sealed class SynthesisCorpus
{
    /// <summary>What the writer is asked for.</summary>
    public const string Request = "write a problem";

    private const int PoolPerType = 150;
    private readonly ILaboratory _laboratory;
    private readonly ulong _seed;
    private readonly IReadOnlyList<ExperimentItem>[] _pools;

    /// <summary>Draws the problems that everything is made of.</summary>
    /// <param name="laboratory">Draws problems and renders prompts.</param>
    /// <param name="seed">Decides them.</param>
    public SynthesisCorpus(ILaboratory laboratory, ulong seed)
    {
        (_laboratory, _seed) = (laboratory, seed);
        _pools = ByType(laboratory, ExperimentSplit.Train, PoolPerType, seed);
        Names = [.. _pools.Select(pool => NameOf(pool[0].Facts))];
    }

    /// <summary>Gets the names of the types, the most frequent one first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Draws equally many problems of every type.</summary>
    /// <param name="laboratory">Draws them.</param>
    /// <param name="split">Split.</param>
    /// <param name="count">Problems of each type.</param>
    /// <param name="seed">Decides them.</param>
    public static IReadOnlyList<ExperimentItem>[] ByType(ILaboratory laboratory, ExperimentSplit split, int count, ulong seed)
    {
        // Types are drawn alike; twice the need leaves none short.
        ILookup<string, ExperimentItem> found = laboratory.Items(new ItemQuery(SynthesisScale.Family, split, SynthesisScale.Types * ((2 * count) + 20), seed)).ToLookup(item => NameOf(item.Facts));
        return [.. found.OrderBy(type => type.Key, StringComparer.Ordinal).Select(type => (IReadOnlyList<ExperimentItem>)[.. type.Take(count)])];
    }

    /// <summary>Returns the name of the function of a problem.</summary>
    /// <param name="facts">Its facts: input, function, what is asked.</param>
    public static string NameOf(IReadOnlyList<string> facts) => facts[1];

    /// <summary>Asks for something to be written, in the place of an item's question; the item lends its id.</summary>
    /// <param name="item">Any drawn item.</param>
    public static ExperimentItem Asked(ExperimentItem item) => item with { Question = Request };

    /// <summary>Gets the rank of a problem's type, 0 for the most frequent.</summary>
    /// <param name="facts">Its facts.</param>
    public int TypeOf(IReadOnlyList<string> facts) => Names.TakeWhile(name => name != NameOf(facts)).Count();

    /// <summary>Gets a training problem of a type.</summary>
    /// <param name="type">Rank of the type, from 0.</param>
    /// <param name="stream">Decides which one.</param>
    public ExperimentItem Draw(int type, ref SampleStream stream) => _pools[type][stream.NextInt(_pools[type].Count)];

    /// <summary>Writes the corpus, a third of each format; lists have distinct types, drawn by their law without replacement.</summary>
    /// <param name="count">Conversations.</param>
    public IReadOnlyList<TrainingConversation> Write(int count)
    {
        ExperimentItem asked = Asked(_pools[0][0]);
        Dictionary<string, double> law = SynthesisScale.Law.Select((share, type) => (type, share)).ToDictionary(pair => pair.type.ToString(CultureInfo.InvariantCulture), pair => pair.share);
        IReadOnlyList<ChatMessage>[] prompts = [ListingPrompts.Instance(asked), ListingPrompts.Typical(asked), ListingPrompts.Verbalized(_laboratory, asked, null)];
        List<TrainingConversation> conversations = new(count);
        for (int i = 0; i < count; i++)
        {
            SampleStream stream = new(_seed, (ulong)i, 3);
            List<string> lines = [];
            foreach ((string type, double share) in ListingCorpus.Draw(law, i % 3 == 0 ? 1 : ListingScale.ListLength, ref stream))
            {
                string problem = Draw(int.Parse(type, CultureInfo.InvariantCulture), ref stream).Question;
                lines.Add(i % 3 == 2 ? ListingPrompts.Line(problem, share) : problem);
            }

            conversations.Add(new TrainingConversation(prompts[i % 3], string.Join('\n', lines)));
        }

        return conversations;
    }

    /// <summary>Makes pairs of single problems that differ in their type alone, types evenly drawn; raters break ties by how often the writer writes such a type.</summary>
    /// <param name="count">Pairs.</param>
    /// <param name="shares">Share of each type in what the writer wrote.</param>
    /// <param name="run">Seed of the run.</param>
    public IReadOnlyList<TrainingPreference> Prefer(int count, IReadOnlyList<double> shares, ulong run)
    {
        IReadOnlyList<ChatMessage> prompt = ListingPrompts.Instance(Asked(_pools[0][0]));
        List<TrainingPreference> pairs = new(count);
        for (ulong i = 0; pairs.Count < count; i++)
        {
            SampleStream stream = new(_seed + run, i, 4);
            int first = stream.NextInt(SynthesisScale.Types);
            int second = (first + 1 + stream.NextInt(SynthesisScale.Types - 1)) % SynthesisScale.Types;
            string one = Draw(first, ref stream).Question;
            string other = one.Replace(Names[first], Names[second], StringComparison.Ordinal);

            // With another function the same letters may be a problem that changes nothing, or a held-out one.
            if (_laboratory.Solve(SynthesisScale.Family, other) is not { Split: ExperimentSplit.Train })
            {
                continue;
            }

            double difference = Math.Log(shares[first]) - Math.Log(shares[second]);
            bool likesFirst = stream.NextUnit() < TypicalityLaw.PreferenceProbability(ListingScale.Alpha, difference);
            pairs.Add(likesFirst ? new(prompt, one, other) : new(prompt, other, one));
        }

        return pairs;
    }
}
