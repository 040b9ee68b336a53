using System.Globalization;
using Agents.Cli.Output;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;
using Agents.Runtime.Datasets;

namespace Agents.Cli.Sessions;

/// <summary>Reads which questions must not be learned.</summary>
internal static class EvaluationSets
{
    private const string TaskPrefix = "task:";

    /// <summary>Questions per split, family and seed: ten times what an evaluation takes by default.</summary>
    private const int QuestionsPerSplit = 1_000;

    /// <summary>Reads the sets.</summary>
    /// <param name="sets"><c>task:FAMILY@SEED,SEED</c>, <c>task:all</c>, or JSONL files.</param>
    /// <param name="overlapWords">Words in a row that questions must not share; null compares whole questions.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The questions; null when no set is named.</returns>
    /// <exception cref="UsageException">A set does not exist.</exception>
    public static async Task<EvaluationQuestions?> ReadAsync(IReadOnlyList<string> sets, int? overlapWords, CancellationToken cancellationToken)
    {
        if (sets.Count == 0)
        {
            return overlapWords is null ? null : throw new UsageException("--overlap-words compares with the questions of --exclude-evaluation; name at least one set.");
        }

        EvaluationQuestions questions = new(overlapWords);
        foreach (string set in sets)
        {
            if (set.StartsWith(TaskPrefix, StringComparison.Ordinal))
            {
                AddTask(questions, set);
            }
            else if (File.Exists(set))
            {
                foreach (TaskItem item in await JsonLinesTaskFile.ReadAsync(set, cancellationToken: cancellationToken).ConfigureAwait(false))
                {
                    questions.Add(item.Question);
                }
            }
            else
            {
                throw new UsageException($"--exclude-evaluation '{set}' is no file; built-in sets are written task:FAMILY or task:all, with @SEED for a seed other than 0.");
            }
        }

        return questions;
    }

    private static void AddTask(EvaluationQuestions questions, string set)
    {
        string[] parts = set[TaskPrefix.Length..].Split('@', 2);
        ITaskFamily[] families = parts[0] == EvaluationTasks.All ? [.. TaskFamilies.All] : [.. TaskFamilies.All.Where(family => family.Id == parts[0])];
        if (families.Length == 0)
        {
            string[] known = [.. TaskFamilies.All.Select(family => family.Id), EvaluationTasks.All];
            throw new UsageException($"--exclude-evaluation '{set}': there is no task '{parts[0]}'. {NearestNames.Describe(parts[0], known)}");
        }

        foreach (string text in parts.Length == 1 ? ["0"] : parts[1].Split(','))
        {
            ulong seed = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                ? number
                : throw new UsageException($"--exclude-evaluation '{set}': the seed '{text}' is no whole number.");
            foreach (ITaskFamily family in families)
            {
                questions.Add(family, seed, QuestionsPerSplit);
            }
        }
    }
}
