using System.Runtime.InteropServices;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Models;

namespace Agents.Benchmarks.Experiments;

/// <summary>Samples answers of many questions in one request and judges them.</summary>
/// <param name="experiment">Encodes questions.</param>
internal sealed class AnswerSampler(ExperimentModel experiment)
{
    private readonly ReferenceVerifier _verifier = new();

    /// <summary>Samples answers of every question.</summary>
    /// <param name="model">Who answers.</param>
    /// <param name="items">The questions.</param>
    /// <param name="samples">Answers per question.</param>
    /// <param name="temperature">Temperature; 0 is greedy.</param>
    /// <param name="limit">Longest answer in tokens.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <returns>[questions][samples].</returns>
    public async Task<SampledAnswer[][]> AnswerAsync(ILanguageModel model, IReadOnlyList<TaskItem> items, int samples, double temperature, int limit, ulong seed)
    {
        int[][] prompts = [.. items.Select(item => experiment.Prompt(item.Question))];
        GenerationRequest request = new()
        {
            Prompts = [.. prompts.Select((prompt, index) => PromptSamples.Create(prompt, seed, (ulong)index, samples))],
            Sampling = new SamplingOptions { Temperature = temperature },
            MaxTokens = limit,
        };
        List<int>[] ids = [.. Enumerable.Range(0, items.Count * samples).Select(_ => new List<int>())];
        List<float>[] logProbabilities = [.. ids.Select(_ => new List<float>())];
        await foreach (GeneratedToken token in model.GenerateAsync(request).ConfigureAwait(false))
        {
            ids[token.Sample].Add(token.Id);
            logProbabilities[token.Sample].Add(token.BehaviorLogProbability);
        }

        return
        [
            .. items.Select((item, index) => Enumerable.Range(index * samples, samples)
                .Select(sample => new SampledAnswer(prompts[index], [.. ids[sample]], [.. logProbabilities[sample]], IsRight(item, ids[sample])))
                .ToArray()),
        ];
    }

    private bool IsRight(TaskItem item, List<int> ids) =>
        _verifier.Judge(item.Judge(experiment.Tokenizer.Decode(CollectionsMarshal.AsSpan(ids), skipSpecial: true))).Correct == true;
}
