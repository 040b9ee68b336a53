namespace Agents.Runtime.Trajectories;

/// <summary>Removes private text from a trajectory. Tokens say the same as their text, so those of a changed text go as well.</summary>
internal static class TrajectoryRedaction
{
    /// <summary>Applies a redaction to every text that came from people or models.</summary>
    /// <param name="trajectory">The trajectory.</param>
    /// <param name="redact">Returns what may be stored of a text.</param>
    public static Trajectory Apply(Trajectory trajectory, Func<string, string> redact)
    {
        TrajectoryPrompt[] prompts = [.. trajectory.Prompts.Select(prompt => Prompt(prompt, redact))];
        return trajectory with
        {
            Task = trajectory.Task with { Question = redact(trajectory.Task.Question), Reference = Text(trajectory.Task.Reference, redact) },
            Answer = trajectory.Answer is not { } answer ? null : answer with
            {
                Text = redact(answer.Text),
                Final = Text(answer.Final, redact),
                Details = answer.Details.ToDictionary(pair => pair.Key, pair => redact(pair.Value)),
            },
            Prompts = prompts,
            Nodes = [.. trajectory.Nodes.Select(node => Node(node, redact))],
        };
    }

    private static TrajectoryPrompt Prompt(TrajectoryPrompt prompt, Func<string, string> redact)
    {
        TrajectoryMessage[] messages = [.. prompt.Messages.Select(message => message with { Content = redact(message.Content) })];
        bool same = messages.Zip(prompt.Messages, (after, before) => after.Content == before.Content).All(equal => equal);
        return prompt with { Messages = messages, Tokens = same ? prompt.Tokens : null };
    }

    private static TrajectoryNode Node(TrajectoryNode node, Func<string, string> redact)
    {
        string? text = Text(node.Text, redact);
        return node with
        {
            Text = text,
            Tokens = text == node.Text ? node.Tokens : null,
            Notes = node.Notes?.ToDictionary(pair => pair.Key, pair => redact(pair.Value)),
            Error = Text(node.Error, redact),
        };
    }

    private static string? Text(string? text, Func<string, string> redact) => text is null ? null : redact(text);
}
