using Agents.Runtime.Trajectories;

namespace Agents.Runtime.Datasets;

/// <summary>Turns groups of siblings into the lines of the sets.</summary>
internal sealed class DatasetLines(DatasetOptions options, DatasetCounts texts, DatasetCounts pairs)
{
    /// <summary>Conversations to imitate: positive, complete, each once.</summary>
    public IReadOnlyList<DatasetLine> Supervised(SiblingGroups groups)
    {
        List<DatasetLine> lines = [];
        HashSet<(string, string)> seen = [];
        HashSet<(string, string)> exact = [];
        foreach (Branch branch in groups.Groups.SelectMany(group => group))
        {
            string? reason = branch.Value <= options.MinimumValue ? "not positive"
                : branch.IsTruncated ? "positive but cut off"
                : groups.Labels[(branch.PromptKey, branch.Normalized)] is null ? "same text with another label elsewhere"
                : !exact.Add((branch.PromptKey, branch.Text)) ? "repeated"
                : !seen.Add((branch.PromptKey, branch.Normalized)) ? "repeated but for case and blanks"
                : null;
            if (reason is not null)
            {
                texts.Add("sft: " + reason);
                continue;
            }

            lines.Add(Conversation(branch) with { Value = branch.Value });
        }

        return lines;
    }

    /// <summary>Better and worse siblings.</summary>
    public IReadOnlyList<DatasetLine> Preferences(SiblingGroups groups)
    {
        List<(Branch Better, Branch Worse)> made = [];
        Dictionary<(string Question, string Role), int> perQuestion = [];
        foreach (IReadOnlyList<Branch> group in groups.Groups)
        {
            int ofPrompt = 0;
            foreach ((Branch better, Branch worse) in Pairs(group))
            {
                (string, string) question = (better.Trajectory.Task.Question, better.Role);
                if (better.IsTruncated)
                {
                    pairs.Add("chosen is cut off");
                }
                else if (ofPrompt >= (options.MaximumPairsPerPrompt ?? int.MaxValue))
                {
                    pairs.Add("more than the most per prompt");
                }
                else if (perQuestion.GetValueOrDefault(question) >= (options.MaximumPairsPerQuestion ?? int.MaxValue))
                {
                    pairs.Add("more than the most per question");
                }
                else
                {
                    made.Add((better, worse));
                    ofPrompt++;
                    perQuestion[question] = perQuestion.GetValueOrDefault(question) + 1;
                }
            }
        }

        HashSet<(string, string, string)> all = [.. made.Select(pair => (pair.Better.PromptKey, pair.Better.Text, pair.Worse.Text))];
        HashSet<(string, string, string)> seen = [];
        List<DatasetLine> lines = [];
        foreach ((Branch better, Branch worse) in made)
        {
            string? reason = all.Contains((better.PromptKey, worse.Text, better.Text)) ? "also the other way round"
                : !seen.Add((better.PromptKey, better.Text, worse.Text)) ? "repeated"
                : null;
            if (reason is not null)
            {
                pairs.Add(reason);
                continue;
            }

            lines.Add(Pair(better, worse));
        }

        return lines;
    }

    /// <summary>Every text with its value, which is also its weight.</summary>
    public IReadOnlyList<DatasetLine> Values(SiblingGroups groups)
    {
        List<DatasetLine> lines = [];
        HashSet<(string, string)> seen = [];
        foreach (Branch branch in groups.Groups.SelectMany(group => group))
        {
            if (seen.Add((branch.PromptKey, branch.Text)))
            {
                lines.Add(Conversation(branch) with { Value = branch.Value, Weight = branch.Value });
            }
            else
            {
                texts.Add("value: repeated");
            }
        }

        return lines;
    }

    /// <summary>Questions with a known answer, each once, with the share of right answers.</summary>
    public static IReadOnlyList<DatasetLine> Questions(IReadOnlyList<Trajectory> trajectories, IReadOnlyList<Branch> branches)
    {
        Dictionary<string, double> rates = branches
            .Where(branch => branch.Node.Reward is not null)
            .GroupBy(branch => branch.Trajectory.Task.Question, StringComparer.Ordinal)
            .ToDictionary(question => question.Key, question => question.Average(branch => branch.Node.Reward!.Value), StringComparer.Ordinal);
        return [.. trajectories.Where(trajectory => trajectory.Task.Reference is not null).DistinctBy(trajectory => trajectory.Task.Question, StringComparer.Ordinal).Select(trajectory => new DatasetLine
        {
            Question = trajectory.Task.Question,
            Answer = trajectory.Task.Reference,
            Value = rates.TryGetValue(trajectory.Task.Question, out double rate) ? rate : null,
            Lineage = new DatasetLineage(trajectory.Id, [])
            {
                Task = trajectory.Task.Id.Length > 0 ? trajectory.Task.Id : null,
                Strategy = trajectory.Strategy,
                Role = "question",
                Model = trajectory.Model,
                Generation = trajectory.Generation,
                Time = trajectory.Time,
            },
        })];
    }

    private IEnumerable<(Branch Better, Branch Worse)> Pairs(IReadOnlyList<Branch> group) =>
        from better in @group
        from worse in @group
        where options.MinimumGap is { } gap ? better.Value - worse.Value >= gap : better.Value > options.MinimumValue && worse.Value <= options.MinimumValue
        select (better, worse);

    private static DatasetLine Conversation(Branch branch) => new()
    {
        Messages = [.. Prompt(branch), new DatasetMessage("assistant", branch.Text)],
        Tokenizer = branch.Tokenizer,
        PromptTokens = branch.Tokenizer is null ? null : branch.Prompt.Tokens,
        AnswerTokens = branch.Tokenizer is null ? null : branch.Node.Tokens!.Ids,
        Lineage = branch.Lineage(),
    };

    private static DatasetLine Pair(Branch better, Branch worse)
    {
        // The tokens of both, or of neither: a pair of ids and text would compare two different prompts.
        bool tokens = better.Tokenizer is not null && better.Tokenizer == worse.Tokenizer && better.Prompt.Tokens!.SequenceEqual(worse.Prompt.Tokens!);
        return new DatasetLine
        {
            Messages = [.. Prompt(better)],
            Prompt = string.Join("\n\n", better.Prompt.Messages.Select(message => message.Content)),
            Chosen = better.Text,
            Rejected = worse.Text,
            ChosenValue = better.Value,
            RejectedValue = worse.Value,
            Tokenizer = tokens ? better.Tokenizer : null,
            PromptTokens = tokens ? better.Prompt.Tokens : null,
            ChosenTokens = tokens ? better.Node.Tokens!.Ids : null,
            RejectedTokens = tokens ? worse.Node.Tokens!.Ids : null,
            Lineage = better.Lineage(worse),
        };
    }

    private static IEnumerable<DatasetMessage> Prompt(Branch branch) => branch.Prompt.Messages.Select(message => new DatasetMessage(message.Role, message.Content));
}
