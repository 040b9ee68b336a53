using System.Text;
using System.Text.Json;
using Agents.Plugins.Malt.Pipeline;
using Agents.Prompts;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.Malt.Data;

/// <summary>
/// Writes training sets as JSON lines in the formats that recipes read: conversations for supervised training, <c>{"prompt", "chosen", "rejected"}</c> for preferences. The
/// prompts are rendered as the role read them, for the model that is to be trained.
/// </summary>
/// <param name="prompts">The prompts.</param>
/// <param name="model">Name of the model; null for the general texts.</param>
public sealed class RoleDatasetWriter(IPromptLibrary prompts, string? model = null)
{
    /// <summary>Writes the examples of one role.</summary>
    /// <param name="examples">Examples; those of other roles are left out.</param>
    /// <param name="role">The role.</param>
    /// <param name="path">File to write; replaced as a whole.</param>
    /// <param name="cancellationToken">Ends the writing; the old file stays.</param>
    /// <returns>Number of lines.</returns>
    public Task<int> WriteExamplesAsync(IEnumerable<RoleExample> examples, MaltRole role, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return WriteAsync(path, examples.Where(example => example.Role == role).Select(example => new DatasetLine
        {
            Messages = [.. Prompt(role, example.Context).Select(message => new DatasetMessage(message.Role.Value, message.Text)), new DatasetMessage(ChatRole.Assistant.Value, example.Target)],
            Role = RolePrompt.NameOf(role),
            Question = example.Context.QuestionId,
            Value = example.Value,
            Correct = example.Correct,
        }), cancellationToken);
    }

    /// <summary>Writes the pairs of one role.</summary>
    /// <param name="pairs">Pairs; those of other roles are left out.</param>
    /// <param name="role">The role.</param>
    /// <param name="path">File to write; replaced as a whole.</param>
    /// <param name="cancellationToken">Ends the writing; the old file stays.</param>
    /// <returns>Number of lines.</returns>
    public Task<int> WritePairsAsync(IEnumerable<RolePair> pairs, MaltRole role, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return WriteAsync(path, pairs.Where(pair => pair.Role == role).Select(pair => new DatasetLine
        {
            Prompt = string.Join("\n\n", Prompt(role, pair.Context).Select(message => message.Text)),
            Chosen = pair.Chosen,
            Rejected = pair.Rejected,
            Role = RolePrompt.NameOf(role),
            Question = pair.Context.QuestionId,
            ChosenValue = pair.ChosenValue,
            RejectedValue = pair.RejectedValue,
        }), cancellationToken);
    }

    private static async Task<int> WriteAsync(string path, IEnumerable<DatasetLine> lines, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string part = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.part");
        int count = 0;
        try
        {
            await using (FileStream stream = new(part, FileMode.CreateNew, FileAccess.Write))
            {
                foreach (DatasetLine line in lines)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, SettingsJson.Default.DatasetLine) + "\n"), cancellationToken).ConfigureAwait(false);
                    count++;
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private IReadOnlyList<ChatMessage> Prompt(MaltRole role, RoleContext context) =>
        prompts.Render(RolePrompt.PromptOf(role), RolePrompt.Variables(context.Question, context.Solution, context.Critique), model);
}
