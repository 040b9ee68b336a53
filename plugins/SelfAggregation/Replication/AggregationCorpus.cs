using System.Globalization;
using Agents.Replication;
using Agents.Strategies.Candidates;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.SelfAggregation.Replication;

/// <summary>
/// Training data of the aggregator, of the chooser and of the plain control (papers/16 §2.5): the same questions, the current model's own samples, the gold solution as target.
/// </summary>
/// <param name="Aggregate">Question and candidates to gold solution.</param>
/// <param name="Choose">Question and candidates to the number of the first right one; of the plurality where none is right.</param>
/// <param name="Plain">Question to gold solution.</param>
/// <param name="RightShare">Share of right candidates.</param>
/// <param name="NoneRight">Share of lists without a right candidate.</param>
/// <param name="AllRight">Share of lists in which all are right.</param>
internal sealed record AggregationCorpus(
    IReadOnlyList<TrainingConversation> Aggregate, IReadOnlyList<TrainingConversation> Choose, IReadOnlyList<TrainingConversation> Plain, double RightShare, double NoneRight, double AllRight)
{
    private const ulong ShuffleStream = 16_003;

    /// <summary>Writes the data.</summary>
    /// <param name="laboratory">Items, model, grading, prompts.</param>
    /// <param name="items">Training questions.</param>
    /// <param name="seed">Seed of sampling and shuffling.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<AggregationCorpus> WriteAsync(ILaboratory laboratory, IReadOnlyList<ExperimentItem> items, ulong seed, CancellationToken cancellationToken)
    {
        OwnSamples samples = await laboratory.RememberAsync(
            string.Create(CultureInfo.InvariantCulture, $"own samples {seed} of {items.Count}"), ReplicationJson.Default.OwnSamples,
            token => SampleAsync(laboratory, items, seed, token), cancellationToken).ConfigureAwait(false);
        List<TrainingConversation> aggregate = [];
        List<TrainingConversation> choose = [];
        List<TrainingConversation> plain = [];
        int right = 0;
        int none = 0;
        int all = 0;
        for (int i = 0; i < items.Count; i++)
        {
            ExperimentItem item = items[i];
            string[] texts = [.. samples.Texts[i]];
            new SampleStream(seed, ItemHash.Of(item), ShuffleStream).Shuffle(texts.AsSpan());
            var grades = new bool[texts.Length];
            for (int c = 0; c < texts.Length; c++)
            {
                grades[c] = await laboratory.GradeAsync(item, texts[c], cancellationToken).ConfigureAwait(false) == true;
            }

            right += grades.Count(grade => grade);
            none += grades.Any(grade => grade) ? 0 : 1;
            all += grades.All(grade => grade) ? 1 : 0;
            Dictionary<string, object?> variables = AggregationBench.Variables(item, texts);
            aggregate.Add(new TrainingConversation(laboratory.Prompt(AggregationBench.AggregatePrompt, variables), item.Solution));
            choose.Add(new TrainingConversation(laboratory.Prompt(AggregationBench.ChoosePrompt, variables), Choice(laboratory, texts, grades)));
            plain.Add(new TrainingConversation([new ChatMessage(ChatRole.User, item.Question)], item.Solution));
        }

        double count = items.Count;
        return new AggregationCorpus(aggregate, choose, plain, right / (count * AggregationScale.Candidates), none / count, all / count);
    }

    private static async Task<OwnSamples> SampleAsync(ILaboratory laboratory, IReadOnlyList<ExperimentItem> items, ulong seed, CancellationToken cancellationToken)
    {
        laboratory.Say("16: sampling the current model on the training questions");
        AggregationBench bench = new(laboratory);
        var texts = new IReadOnlyList<string>[items.Count];
        await Parallel.ForAsync(0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (i, token) =>
        {
            IReadOnlyList<ChatResponse> responses = await bench.SampleAsync(items[i], seed, AggregationScale.Candidates, token).ConfigureAwait(false);
            texts[i] = [.. responses.Select(response => VisibleText.Of(response.Text))];
        }).ConfigureAwait(false);
        return new OwnSamples(texts);
    }

    // The form that the embedded model knows: the answers, one line each, then the number.
    private static string Choice(ILaboratory laboratory, string[] texts, bool[] grades)
    {
        string[] answers = [.. texts.Select(text => laboratory.Answers.Extract(text) ?? "none")];
        int right = Array.IndexOf(grades, true);
        int plurality = Array.IndexOf(answers, answers.GroupBy(answer => answer).MaxBy(group => group.Count())!.Key);
        string lines = string.Join('\n', answers.Select((answer, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}: {answer}")));
        return string.Create(CultureInfo.InvariantCulture, $"{lines}\nchoice: {1 + (right >= 0 ? right : plurality)}");
    }
}
