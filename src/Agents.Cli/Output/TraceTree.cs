using System.Globalization;
using Agents.Cli.Documents;
using Agents.Tracing;
using Spectre.Console;

namespace Agents.Cli.Output;

/// <summary>Shows a trace: as a tree for people, as items for programs.</summary>
internal static class TraceTree
{
    private const int ExcerptLength = 60;

    /// <summary>Draws a trace.</summary>
    /// <param name="screen">Where to draw.</param>
    /// <param name="trace">Its nodes, ids ascending.</param>
    public static void Draw(IAnsiConsole screen, IReadOnlyList<TraceNode> trace)
    {
        if (trace.Count == 0)
        {
            return;
        }

        Tree tree = new(new Text(Label(trace[0]), new Style(decoration: Decoration.Bold)));
        Dictionary<int, IHasTreeNodes> drawn = new() { [trace[0].Id] = tree };
        foreach (TraceNode node in trace.Skip(1))
        {
            IHasTreeNodes parent = node.ParentId is int id && drawn.TryGetValue(id, out IHasTreeNodes? known) ? known : tree;
            drawn[node.Id] = parent.AddNode(new Text(Label(node), new Style(node.Error is null ? null : Color.Red)));
        }

        screen.Write(tree);
    }

    /// <summary>Describes a node.</summary>
    /// <param name="node">The node.</param>
    public static TraceItem Describe(TraceNode node) => new()
    {
        Id = node.Id,
        ParentId = node.ParentId,
        Kind = node.Kind.ToString().ToLowerInvariant(),
        Name = node.Name,
        Role = node.Role,
        Model = node.Model,
        Text = node.Text,
        PromptTokens = node.PromptTokens,
        CompletionTokens = node.CompletionTokens,
        StartSeconds = node.Start.TotalSeconds,
        Seconds = node.Duration?.TotalSeconds,
        Value = node.Value,
        Reward = node.Reward,
        Notes = node.Notes,
        Error = node.Error,
        Tokens = node.Record is { } record
            ? new TraceTokens(record.PromptTokenIds, record.CompletionTokenIds, record.PlainLogProbabilities, record.Finish.ToString())
            : null,
    };

    private static string Label(TraceNode node)
    {
        List<string> parts = [node.Kind == TraceNodeKind.Call ? $"call {node.Name}" : node.Kind == TraceNodeKind.Attempt ? $"attempt {node.Attempt + 1}" : node.Name];
        if (node.PromptTokens + node.CompletionTokens > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{node.PromptTokens}+{node.CompletionTokens} tokens"));
        }

        if (node.Duration is { } duration)
        {
            parts.Add(Time(duration));
        }

        if (node.Value is { } value)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"value {value:0.##}"));
        }

        if (node.Reward is { } reward)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"reward {reward:0.##}"));
        }

        parts.AddRange(node.Notes.Where(note => !note.Key.StartsWith("prompt ", StringComparison.Ordinal)).OrderBy(note => note.Key, StringComparer.Ordinal).Select(note => $"{note.Key} = {Excerpt(note.Value)}"));
        if (node.Error is not null)
        {
            parts.Add("failed: " + Excerpt(node.Error));
        }
        else if (node.Kind == TraceNodeKind.Call && node.Text is { Length: > 0 } text)
        {
            parts.Add("\"" + Excerpt(text) + "\"");
        }

        return string.Join("  ", parts);
    }

    private static string Time(TimeSpan time) =>
        time.TotalSeconds >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms");

    /// <summary>The end of an answer says more than its beginning: that is where the result stands.</summary>
    private static string Excerpt(string text)
    {
        string line = string.Concat(text.ReplaceLineEndings(" ").Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length <= ExcerptLength ? line : "…" + line[^(ExcerptLength - 1)..];
    }
}
