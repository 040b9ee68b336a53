using Agents.Evaluation.Tasks;
using Agents.Evaluation.Tasks.Code;

namespace Agents.Evaluation.Roles;

/// <summary>Question about code to its subtasks, one per line: the analyst. Some plans drift: one subtask is another question's, or missing.</summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed class PlanWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <inheritdoc/>
    public string Role => RoleNames.Plan;

    /// <inheritdoc/>
    public bool Serves(ITaskFamily family) => family is CodeFamily;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        (string plan, bool drifts) = Draw(family, item, noise.DriftedStickers, ref stream);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = CodeVariables.With(("question", item.Question)),
            Target = plan,
            TargetCorruption = drifts ? CorruptionKind.DriftedFact : CorruptionKind.None,
            Item = item,
        };
    }

    /// <summary>Draws a plan that drifts with the given chance.</summary>
    internal static (string Plan, bool Drifts) Draw(ITaskFamily family, TaskItem item, double driftShare, ref SampleStream stream)
    {
        List<string> subtasks = [.. item.Subtasks];
        if (!stream.Chance(driftShare))
        {
            return (string.Join('\n', subtasks), false);
        }

        int at = stream.NextInt(subtasks.Count);
        IReadOnlyList<string> foreign = family.CreateSimilar(item, ref stream).Subtasks;
        if (at < foreign.Count && foreign[at] != subtasks[at])
        {
            subtasks[at] = foreign[at];
        }
        else
        {
            subtasks.RemoveAt(at);
        }

        return (string.Join('\n', subtasks), true);
    }
}
