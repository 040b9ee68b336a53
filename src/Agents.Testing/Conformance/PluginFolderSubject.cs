using Microsoft.Extensions.AI;

namespace Agents.Testing.Conformance;

/// <summary>A built plugin folder with what its strategies need to run once.</summary>
/// <param name="Folder">The folder, with the manifest that the build completed.</param>
/// <param name="Id">Id of the plugin.</param>
/// <param name="Model">Creates a scripted model that answers every prompt of the strategies.</param>
/// <param name="Runs">Strategies of the plugin and settings, JSON objects, that each is run with: settings are given, so that their JSON is read.</param>
public sealed record PluginFolderSubject(string Folder, string Id, Func<IChatClient> Model, params IReadOnlyList<(string Strategy, string Settings)> Runs)
{
    /// <summary>Gets the ids of all strategies that the plugin adds, in order. Default: the plugin's own id.</summary>
    public IReadOnlyList<string> Strategies { get; init; } = [Id];

    /// <summary>Gets the samples of every run. Default null: the strategy's own.</summary>
    public int? Samples { get; init; }
}
