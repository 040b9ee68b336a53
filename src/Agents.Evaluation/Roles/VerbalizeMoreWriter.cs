using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Question and list, then in a second turn further answers that the list does not have. Where there are no further ones, the list alone.</summary>
/// <param name="prompt">Name of the prompt of the first turn.</param>
/// <param name="further">Name of the prompt of the second turn.</param>
/// <param name="minimum">Fewest answers asked for in a turn, at least 1.</param>
/// <param name="maximum">Most answers asked for in a turn.</param>
public sealed class VerbalizeMoreWriter(string prompt, string further, int minimum = 2, int maximum = 5) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.VerbalizeMore;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        int first = stream.Between(minimum, maximum);
        int second = stream.Between(minimum, maximum);
        List<WeightedAnswer> answers = VerbalizeWriter.Draw(family, item, first + second, 0, ref stream);
        var ask = new Dictionary<string, object?> { ["question"] = item.Question, ["count"] = first, ["tail"] = 0 };
        string list = VerbalizeWriter.Text(answers.Take(first));
        return answers.Count <= first
            ? new RoleExample { Role = Role, Prompt = prompt, Variables = ask, Target = list, Item = item }
            : new RoleExample
            {
                Role = Role,
                Prompt = further,
                Variables = new Dictionary<string, object?> { ["count"] = second, ["weighted"] = true, ["tail"] = 0 },
                Earlier = [new RoleTurn(prompt, ask, list)],
                Target = VerbalizeWriter.Text(answers.Skip(first)),
                Item = item,
            };
    }
}
