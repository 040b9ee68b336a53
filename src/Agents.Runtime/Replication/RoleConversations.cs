using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Replication;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Replication;

/// <summary>Writes the training conversations of a role, always over items of the training split. Conversation i depends on the seed and i alone.</summary>
public static class RoleConversations
{
    /// <summary>Writes conversations.</summary>
    /// <param name="query">Role, family, count, seed, noise.</param>
    /// <param name="render">Renders a prompt by its name and variables.</param>
    /// <exception cref="ReplicationException">There is no such role or family.</exception>
    public static IReadOnlyList<TrainingConversation> Write(RoleQuery query, Func<string, IReadOnlyDictionary<string, object?>, IReadOnlyList<ChatMessage>> render)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(render);
        ITaskFamily family = ItemBook.Family(query.Family);
        IReadOnlyList<IRoleWriter> writers = RoleWriters.Create(query.CleanTargets ? RoleNoise.CleanTargets : null);
        IRoleWriter writer = writers.FirstOrDefault(known => known.Role == query.Role)
            ?? throw new ReplicationException($"There is no role '{query.Role}'. {NearestNames.Describe(query.Role, [.. writers.Select(known => known.Role)])}");
        var conversations = new List<TrainingConversation>(query.Count);
        for (int i = 0; i < query.Count; i++)
        {
            var stream = new SampleStream(query.Seed, (ulong)i, (ulong)TaskSplit.Train);
            RoleExample example = writer.Write(family, family.Create(TaskSplit.Train, i, query.Seed), ref stream);
            IEnumerable<ChatMessage> earlier = example.Earlier.SelectMany(turn => Turns(turn.Prompt, turn.Variables, render).Append(new ChatMessage(ChatRole.Assistant, turn.Reply)));
            conversations.Add(new TrainingConversation([.. earlier, .. Turns(example.Prompt, example.Variables, render)], example.Target));
        }

        return conversations;
    }

    private static IReadOnlyList<ChatMessage> Turns(
        string prompt, IReadOnlyDictionary<string, object?> variables, Func<string, IReadOnlyDictionary<string, object?>, IReadOnlyList<ChatMessage>> render) =>
        prompt.Length == 0 ? [new ChatMessage(ChatRole.User, (string)variables["question"]!)] : render(prompt, variables);
}
