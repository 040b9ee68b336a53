using Agents.Evaluation.Tasks;
using Agents.Models;
using Agents.Training.Divergence;

namespace Agents.Benchmarks.Experiments;

/// <summary>Held-out questions of one seed: many of the trained family, fewer of the others.</summary>
internal sealed class HeldOut
{
    private const ulong QuestionSeed = 1_000;
    private const int DivergenceQuestions = 200;
    private const int WatchedQuestions = 300;
    private readonly ExperimentModel _experiment;
    private readonly AnswerSampler _sampler;
    private readonly SortedDictionary<string, IReadOnlyList<TaskItem>> _items;
    private readonly IReadOnlyList<TaskItem> _watched;
    private readonly string _family;
    private readonly int _limit;
    private readonly ulong _seed;
    private int _shown;

    /// <summary>Draws the questions.</summary>
    /// <param name="experiment">The model.</param>
    /// <param name="family">Id of the trained family.</param>
    /// <param name="split">Where the questions come from.</param>
    /// <param name="questions">Questions of the trained family.</param>
    /// <param name="others">Questions of every other family; 0 leaves them out.</param>
    /// <param name="seed">Seed of the arm.</param>
    public HeldOut(ExperimentModel experiment, string family, TaskSplit split, int questions, int others, ulong seed)
    {
        _experiment = experiment;
        _sampler = new AnswerSampler(experiment);
        _family = family;
        _seed = seed;
        _items = new(TaskFamilies.All
            .Where(known => known.Id == family || others > 0)
            .ToDictionary(known => known.Id, known => TaskSet.Draw(known, split, known.Id == family ? questions : others, QuestionSeed + seed)), StringComparer.Ordinal);
        _watched = TaskSet.Draw(TaskFamilies.Find(family), TaskSplit.Validation, WatchedQuestions, QuestionSeed);
        _limit = _items.Values.Max(experiment.CompletionLimit);
    }

    /// <summary>Gets the texts of all questions, those that are watched included.</summary>
    public IEnumerable<string> Questions => _items.Values.Append(_watched).SelectMany(items => items).Select(item => item.Question);

    /// <summary>Answers all questions greedily.</summary>
    /// <param name="model">Who answers.</param>
    /// <returns>By family, one character per question, 1 for right.</returns>
    public async Task<SortedDictionary<string, string>> AnswerAsync(ILanguageModel model)
    {
        SortedDictionary<string, string> answers = new(StringComparer.Ordinal);
        foreach ((string family, IReadOnlyList<TaskItem> items) in _items)
        {
            SampledAnswer[][] found = await _sampler.AnswerAsync(model, items, 1, temperature: 0, _limit, _seed).ConfigureAwait(false);
            answers.Add(family, string.Concat(found.Select(group => group[0].IsRight ? '1' : '0')));
        }

        return answers;
    }

    /// <summary>Answers the watched validation questions greedily.</summary>
    /// <param name="model">Who answers.</param>
    /// <returns>The share of right answers, and one answer to read.</returns>
    public async Task<(double Accuracy, string Example)> WatchAsync(ILanguageModel model)
    {
        SampledAnswer[][] answers = await _sampler.AnswerAsync(model, _watched, 1, temperature: 0, _limit, _seed).ConfigureAwait(false);
        int shown = Interlocked.Increment(ref _shown) % answers.Length;
        string text = _experiment.Tokenizer.Decode(answers[shown][0].TokenIds, skipSpecial: true).ReplaceLineEndings(" / ");
        return (answers.Average(group => group[0].IsRight ? 1 : 0), $"'{_watched[shown].Question}' -> '{text}' {(answers[shown][0].IsRight ? "right" : "wrong")}");
    }

    /// <summary>Measures how far a model has moved from the untrained one, on its own answers at temperature 1.</summary>
    /// <param name="model">The trained model.</param>
    /// <returns>k3 per token, and the sum of log-ratios per answer.</returns>
    public async Task<(double PerToken, double PerAnswer)> DivergenceAsync(ILanguageModel model)
    {
        DivergenceMeter meter = new();
        IReadOnlyList<TaskItem> items = [.. _items[_family].Take(DivergenceQuestions)];
        foreach (SampledAnswer[] group in await _sampler.AnswerAsync(model, items, 1, temperature: 1, _limit, _seed).ConfigureAwait(false))
        {
            SampledAnswer answer = group[0];
            float[] other = (await _experiment.Serving.ScoreAsync(new ScoreRequest(answer.Prompt, [answer.TokenIds])).ConfigureAwait(false))[0];
            for (int i = 0; i < other.Length; i++)
            {
                meter.Add(answer.LogProbabilities[i], other[i]);
            }
        }

        DivergenceReport report = meter.Report;
        return (report.K3, report.K1 * report.Tokens / items.Count);
    }
}
