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
            IReadOnlyList<ChatMessage> prompt = example.Prompt.Length == 0
                ? [new ChatMessage(ChatRole.User, (string)example.Variables["question"]!)]
                : render(example.Prompt, example.Variables);
            conversations.Add(new TrainingConversation(prompt, example.Target));
        }

        return conversations;
    }
}
