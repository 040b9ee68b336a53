using Agents.Models;
using Agents.Tracing;
using Microsoft.Extensions.AI;

namespace Agents.Runtime.Tracing;

/// <summary>A node while its request runs: changed in place, because a copy per fact would be most of what a strategy allocates. Guarded by the recorder's lock.</summary>
/// <param name="id">Id.</param>
/// <param name="parent">Id of the parent; null for the root.</param>
/// <param name="kind">Kind.</param>
/// <param name="name">Name.</param>
internal struct OpenNode(int id, int? parent, TraceNodeKind kind, string name)
{
    private KeyValuePair<string, string>[]? _notes;
    private int _noted;
    private TraceNode? _whole;

    public int? Parent { get; } = parent;

    public string? Role { get; init; }

    public string? Model { get; set; }

    public IReadOnlyList<ChatMessage>? Prompt { get; init; }

    public required IReadOnlyList<AdapterUse> Adapters { get; init; }

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
        int at = FactDictionary<string>.IndexOf(_notes.AsSpan(0, _noted), key);
        int capacity = _notes?.Length ?? 0;
        if (at >= 0 || _noted == capacity)
        {
            // What was handed out stays as it is: it does not see what is appended, but would see what is replaced.
            var notes = new KeyValuePair<string, string>[at >= 0 ? capacity : _noted > 0 ? 2 * _noted : Prompt is null ? 2 : 3];
            _notes.AsSpan(0, _noted).CopyTo(notes);
            _notes = notes;
        }

        _notes![at >= 0 ? at : _noted++] = new(key, value);
        _whole = null;
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
        Notes = _noted == 0 ? FactDictionary<string>.Empty : new FactDictionary<string>(_notes.AsMemory(0, _noted)),
    };
}
