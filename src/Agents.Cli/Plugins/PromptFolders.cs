using Agents.Cli.Documents;
using Agents.Cli.Models;
using Agents.Cli.Output;
using Agents.Prompts;
using Agents.Runtime.Prompts;

namespace Agents.Cli.Plugins;

/// <summary>Which prompt folders the command reads, and how it shows prompts.</summary>
internal static class PromptFolders
{
    /// <summary>Returns the folders: those named on the command line override the user's, which override the shipped ones.</summary>
    /// <param name="further">Folders named on the command line.</param>
    /// <exception cref="UsageException">A named folder does not exist.</exception>
    public static string[] Roots(IReadOnlyList<string> further)
    {
        foreach (string folder in further)
        {
            if (!Directory.Exists(folder))
            {
                throw new UsageException($"There is no prompt folder '{folder}'.");
            }
        }

        return [.. further.Select(Path.GetFullPath), AgentsFolders.Current.HomePrompts, AgentsFolders.Current.ShippedPrompts];
    }

    /// <summary>Reads all prompts.</summary>
    /// <param name="further">Folders named on the command line.</param>
    /// <exception cref="PromptException">A prompt file is broken.</exception>
    public static PromptLibrary Open(IReadOnlyList<string> further) => PromptLibrary.FromFolders(Roots(further));

    /// <summary>Describes a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    public static PromptItem Describe(PromptInfo prompt) => new(prompt.Name, prompt.Description, prompt.Variables, prompt.Models, prompt.Source)
    {
        Version = prompt.Version,
        Hash = prompt.Hash,
        Overrides = prompt.Overrides,
    };

    /// <summary>Says in one line that a user's prompt is older than the one it overrides.</summary>
    /// <param name="prompt">The user's prompt.</param>
    public static string Outdated(PromptInfo prompt) =>
        $"the prompt '{prompt.Source}' (version {prompt.Version}) overrides version {prompt.Overrides} of '{prompt.Name}'. Compare the two, then set its 'version' to {prompt.Overrides}.";
}
