using Agents.Evaluation.Tasks;
using Agents.Verification;

namespace Agents.Evaluation.Harness;

/// <summary>
/// Runs an answerer over questions. Every sample has its own random stream (seed, question, sample), so rows do not depend on
/// concurrency, order or resumption; only the measured seconds do.
/// </summary>
public sealed class EvaluationHarness
{
    private const int JournalSchema = 1;
    private readonly IVerifier _verifier;
    private readonly TimeProvider _time;

    /// <summary>Creates a harness.</summary>
    /// <param name="verifier">Judges the answers.</param>
    /// <param name="time">Measures seconds, or null for the system's clock.</param>
    public EvaluationHarness(IVerifier verifier, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        _verifier = verifier;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Runs an evaluation, or finishes the one that its journal holds.</summary>
    /// <param name="items">The questions; ids must differ.</param>
    /// <param name="answerer">What is evaluated. Its errors end the run; the journal keeps the rows so far.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told the number of finished rows, or null.</param>
    /// <param name="cancellationToken">Ends the run early; the journal keeps the rows so far.</param>
    /// <exception cref="ArgumentException">Settings are out of range, or ids repeat.</exception>
    /// <exception cref="EvaluationException">The journal is damaged or belongs to another run.</exception>
    public async Task<EvaluationRun> RunAsync(
        IReadOnlyList<TaskItem> items,
        IAnswerer answerer,
        EvaluationOptions options,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(answerer);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (items.Select(item => item.Id).Distinct().Count() != items.Count)
        {
            throw new ArgumentException("Ids of the questions must differ.", nameof(items));
        }

        using EvaluationJournal? journal = options.JournalPath is null ? null : EvaluationJournal.Open(options.JournalPath, Header(items, options));
        var rows = new EvaluationRow?[checked(items.Count * options.SamplesPerQuestion)];
        int resumed = 0;
        foreach (EvaluationRow row in journal?.Rows ?? [])
        {
            int slot = checked((row.Index * options.SamplesPerQuestion) + row.Sample);
            if (slot < 0 || slot >= rows.Length || rows[slot] is not null || items[row.Index].Id != row.ItemId)
            {
                throw new EvaluationException($"Journal {options.JournalPath} holds a row of {row.ItemId} that does not belong to this run. Delete the journal.");
            }

            rows[slot] = row;
            resumed++;
        }

        int done = resumed;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaximumConcurrency, CancellationToken = cancellationToken };
        IEnumerable<int> open = Enumerable.Range(0, rows.Length).Where(slot => rows[slot] is null).ToArray();
        await Parallel.ForEachAsync(open, parallel, async (slot, token) =>
        {
            int index = slot / options.SamplesPerQuestion;
            int sample = slot % options.SamplesPerQuestion;
            EvaluationRow row = await AnswerAsync(items[index], index, sample, answerer, options.Seed, token).ConfigureAwait(false);
            journal?.Append(row);
            rows[slot] = row;
            progress?.Report(Interlocked.Increment(ref done));
        }).ConfigureAwait(false);

        EvaluationRow[] finished = [.. rows.Select(row => row!)];
        return new EvaluationRun(EvaluationSummary.Of(options.Task, options.Strategy, finished), finished, resumed);
    }

    private static EvaluationJournalHeader Header(IReadOnlyList<TaskItem> items, EvaluationOptions options)
    {
        ulong hash = 0;
        foreach (TaskItem item in items)
        {
            hash = ContentHash.Of(hash + "|" + item.Id + "|" + item.Question);
        }

        return new EvaluationJournalHeader(JournalSchema, options.Task, options.Strategy, options.Seed, options.SamplesPerQuestion, hash);
    }

    private async Task<EvaluationRow> AnswerAsync(TaskItem item, int index, int sample, IAnswerer answerer, ulong seed, CancellationToken token)
    {
        long start = _time.GetTimestamp();
        EvaluationAnswer answer = await answerer.AnswerAsync(item, new SampleStream(seed, (ulong)index, (ulong)sample), token).ConfigureAwait(false);
        double seconds = _time.GetElapsedTime(start).TotalSeconds;
        Verdict verdict = await _verifier.JudgeAsync(item.Judge(answer.Response), token).ConfigureAwait(false);
        return new EvaluationRow
        {
            Index = index,
            Sample = sample,
            ItemId = item.Id,
            Family = item.Family,
            Difficulty = item.Difficulty,
            Response = answer.Response,
            Correct = verdict.Correct,
            Score = verdict.Score,
            Invalid = verdict.Invalid,
            Calls = answer.Usage.Calls,
            PromptTokens = answer.Usage.PromptTokens,
            CompletionTokens = answer.Usage.CompletionTokens,
            Seconds = seconds,
        };
    }
}
