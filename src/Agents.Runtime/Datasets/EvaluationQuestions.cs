using Agents.Evaluation.Tasks;

namespace Agents.Runtime.Datasets;

/// <summary>Questions of evaluation sets, which must not be learned. A question matches when it is the same but for case, blanks and punctuation; on request also when it shares a run of words.</summary>
public sealed class EvaluationQuestions
{
    private readonly HashSet<string> _questions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _runs = new(StringComparer.Ordinal);

    /// <summary>Creates an empty set.</summary>
    /// <param name="overlapWords">Length of a run of words that two questions must not share; null compares whole questions only. Range 3 to 64.</param>
    public EvaluationQuestions(int? overlapWords = null)
    {
        if (overlapWords is < 3 or > 64)
        {
            throw new ArgumentOutOfRangeException(nameof(overlapWords), overlapWords, "A run of words that questions must not share has 3 to 64 words.");
        }

        OverlapWords = overlapWords;
    }

    /// <summary>Gets the length of a run of words that two questions must not share; null when whole questions are compared only.</summary>
    public int? OverlapWords { get; }

    /// <summary>Gets the number of different questions.</summary>
    public int Count => _questions.Count;

    /// <summary>Adds the questions of a built-in family: those of its test and validation splits with a seed.</summary>
    /// <param name="family">The family.</param>
    /// <param name="seed">Seed of the sets.</param>
    /// <param name="count">Questions per split.</param>
    public void Add(ITaskFamily family, ulong seed, int count)
    {
        foreach (TaskItem item in TaskSet.Draw(family, TaskSplit.Test, count, seed).Concat(TaskSet.Draw(family, TaskSplit.Validation, count, seed)))
        {
            Add(item.Question);
        }
    }

    /// <summary>Adds a question.</summary>
    /// <param name="question">The question.</param>
    public void Add(string question)
    {
        string[] words = Words(question);
        _questions.Add(string.Join(' ', words));
        if (OverlapWords is { } length)
        {
            foreach (string run in Runs(words, length))
            {
                _runs.Add(run);
            }
        }
    }

    /// <summary>Returns whether a question is one of these.</summary>
    /// <param name="question">The question.</param>
    public bool Contains(string question) => _questions.Contains(string.Join(' ', Words(question)));

    /// <summary>Returns whether a question shares a run of words with one of these.</summary>
    /// <param name="question">The question.</param>
    public bool Overlaps(string question) => OverlapWords is { } length && Runs(Words(question), length).Any(_runs.Contains);

    private static IEnumerable<string> Runs(string[] words, int length) =>
        words.Length < length ? [] : Enumerable.Range(0, words.Length - length + 1).Select(start => string.Join(' ', words, start, length));

    /// <summary>Splits into lower-case words and numbers; signs between numbers are words of their own, because 3 + 4 is not 3 - 4.</summary>
    private static string[] Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> words = [];
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool part = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (part)
            {
                continue;
            }

            if (i > start)
            {
                words.Add(text[start..i].ToLowerInvariant());
            }

            if (i < text.Length && (char.IsSymbol(text[i]) || text[i] is '-' or '*' or '/' or '%'))
            {
                words.Add(text[i].ToString());
            }

            start = i + 1;
        }

        return [.. words];
    }
}
