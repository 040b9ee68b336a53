using Agents.Models;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tracing;

/// <summary>A node while its request runs: changed in place, because a copy per fact would be most of what a strategy allocates. Guarded by the recorder's lock.</summary>
/// <param name="id">Id.</param>
/// <param name="parent">Id of the parent; null for the root.</param>
/// <param name="kind">Kind.</param>
/// <param name="name">Name.</param>
internal sealed class OpenNode(int id, int? parent, TraceNodeKind kind, string name)
{
    private static readonly Dictionary<string, string> NoNotes = [];
    private Dictionary<string, string>? _notes;
    private TraceNode? _whole;

    public int? Parent { get; } = parent;

    public string? Role { get; init; }

    public string? Model { get; set; }

    public IReadOnlyList<ChatMessage>? Prompt { get; init; }

    public IReadOnlyList<AdapterUse> Adapters { get; init; } = [];

    public int Attempt { get; set; }

    public TimeSpan Start { get; init; }

    public TimeSpan? Duration { get; set; }

    public string? Text { get; set; }

    public GenerationRecord? Record { get; set; }

    public long PromptTokens { get; set; }

    public long CompletionTokens { get; set; }

    public string? Error { get; set; }

    public double? Value { get; set; }

    public double? Reward { get; set; }

    /// <summary>Attaches a fact.</summary>
    public void Note(string key, string value)
    {
        // What was handed out stays as it is.
        _notes = _notes is null ? new(2, StringComparer.Ordinal) : _whole is null ? _notes : new(_notes, StringComparer.Ordinal);
        _whole = null;
        _notes[key] = value;
    }

    /// <summary>Says that the node has changed since it was last handed out.</summary>
    public void Touch() => _whole = null;

    /// <summary>Returns the node as it is now.</summary>
    public TraceNode ToNode() => _whole ??= new TraceNode
    {
        Id = id,
        ParentId = Parent,
        Kind = kind,
        Name = name,
        Role = Role,
        Model = Model,
        Prompt = Prompt,
        Adapters = Adapters,
        Attempt = Attempt,
        Start = Start,
        Duration = Duration,
        Text = Text,
        Record = Record,
        PromptTokens = PromptTokens,
        CompletionTokens = CompletionTokens,
        Error = Error,
        Value = Value,
        Reward = Reward,
        Notes = _notes ?? NoNotes,
    };
}
