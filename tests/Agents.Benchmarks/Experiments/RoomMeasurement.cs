using System.Diagnostics;
using System.Globalization;
using Agents.Evaluation.Statistics;
using Agents.Evaluation.Tasks;

namespace Agents.Benchmarks.Experiments;

/// <summary>
/// How much room reinforcement learning has per family: the greedy answer beside the chance that one of k samples is right, on the training split at held-out levels.
/// What the model never samples right, no reward can find.
/// </summary>
/// <param name="experiment">The model.</param>
internal sealed class RoomMeasurement(ExperimentModel experiment)
{
    private const int Samples = 16;

    /// <summary>Prints a table.</summary>
    /// <param name="families">Ids of families.</param>
    /// <param name="questions">Questions per family.</param>
    /// <param name="seed">Seed of questions and samples.</param>
    public async Task RunAsync(IEnumerable<string> families, int questions, ulong seed)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{questions} questions of the training split at held-out levels, {Samples} samples at temperature 1, seed {seed}\n\n| family | greedy | pass@1 | pass@4 | pass@8 | pass@16 | groups of 8 with signal | prompt tokens | answer tokens | seconds |\n|---|---|---|---|---|---|---|---|---|---|"));
        AnswerSampler sampler = new(experiment);
        foreach (string family in families)
        {
            long began = Stopwatch.GetTimestamp();
            IReadOnlyList<TaskItem> items = TaskSet.Draw(EffectFamilies.ByHeldOutLevel[family], TaskSplit.Train, questions, seed);
            int limit = experiment.CompletionLimit(items);
            SampledAnswer[][] greedy = await sampler.AnswerAsync(experiment.Serving, items, 1, temperature: 0, limit, seed).ConfigureAwait(false);
            SampledAnswer[][] answers = await sampler.AnswerAsync(experiment.Serving, items, Samples, temperature: 1, limit, seed).ConfigureAwait(false);
            double Pass(int k) => answers.Average(group => PassAtK.Estimate(Samples, group.Count(answer => answer.IsRight), k));
            double signal = answers.Average(group => group.Take(8).Select(answer => answer.IsRight).Distinct().Count() - 1);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {family} | {greedy.Average(group => group[0].IsRight ? 1 : 0):P1} | {Pass(1):P1} | {Pass(4):P1} | {Pass(8):P1} | {Pass(16):P1} | {signal:P0} | {answers.Average(group => group[0].Prompt.Length):F0} | {answers.SelectMany(group => group).Average(answer => answer.TokenIds.Length):F0} | {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} |"));
        }
    }
}
