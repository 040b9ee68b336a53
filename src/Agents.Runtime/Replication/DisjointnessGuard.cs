using System.Buffers;
using Agents.Evaluation.Tasks;
using Agents.Replication;

namespace Agents.Runtime.Replication;

/// <summary>Notices test questions in training prompts, whichever comes first. A question counts as shown when it stands in a message as whole lines, or at a line's end after a label.</summary>
/// <param name="items">Knows the split of each item.</param>
internal sealed class DisjointnessGuard(ItemBook items)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _testQuestions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _trained = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _trainedBy = new(StringComparer.Ordinal);

    /// <summary>Remembers what is trained on.</summary>
    /// <param name="training">The training.</param>
    /// <exception cref="ReplicationException">A prompt has a measured test question.</exception>
    public void Train(AdapterTraining training)
    {
        string[] texts = [.. training.Conversations.SelectMany(one => one.Prompt).Concat(training.Preferences.SelectMany(one => one.Prompt)).Select(message => message.Text).Distinct(StringComparer.Ordinal)];
        lock (_gate)
        {
            foreach (string text in texts.Where(_trained.Add))
            {
                _trainedBy[text] = training.Name;
            }

            Check(_testQuestions, texts);
        }
    }

    /// <summary>Remembers what is measured.</summary>
    /// <param name="measured">Items; only those of the test split count.</param>
    /// <exception cref="ReplicationException">A question was trained on.</exception>
    public void Measure(IReadOnlyList<ExperimentItem> measured)
    {
        lock (_gate)
        {
            Dictionary<string, string> added = new(StringComparer.Ordinal);
            foreach (ExperimentItem item in measured.Where(item => items.Find(item).Split == TaskSplit.Test))
            {
                if (_testQuestions.TryAdd(item.Question, item.Id))
                {
                    added[item.Question] = item.Id;
                }
            }

            Check(added, _trained);
        }
    }

    private void Check(Dictionary<string, string> questions, IEnumerable<string> texts)
    {
        if (questions.Count == 0)
        {
            return;
        }

        SearchValues<string> values = SearchValues.Create([.. questions.Keys], StringComparison.Ordinal);
        foreach (string text in texts.Where(text => text.AsSpan().ContainsAny(values)))
        {
            foreach ((string question, string id) in questions)
            {
                if (Shows(text, question))
                {
                    throw new ReplicationException($"The training '{_trainedBy[text]}' shows the question of test item '{id}' ('{question}'): check train/test disjoint. Train on items of the training split only.");
                }
            }
        }
    }

    private static bool Shows(string text, string question)
    {
        for (int at = text.IndexOf(question, StringComparison.Ordinal); at >= 0; at = text.IndexOf(question, at + 1, StringComparison.Ordinal))
        {
            int end = at + question.Length;
            bool begins = at == 0 || text[at - 1] == '\n' || (at >= 2 && text[at - 1] == ' ' && text[at - 2] == ':');
            if (begins && (end == text.Length || text[end] is '\n' or '\r'))
            {
                return true;
            }
        }

        return false;
    }
}
