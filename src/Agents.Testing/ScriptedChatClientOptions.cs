namespace Agents.Testing;

/// <summary>Settings of a scripted client.</summary>
public sealed record ScriptedChatClientOptions
{
    /// <summary>Gets the model's name. Default <c>scripted-1</c>.</summary>
    public string ModelName { get; init; } = "scripted-1";

    /// <summary>Gets the seed of calls that bring no random stream. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets whether the client samples groups itself. Default true; false tests the fallback to parallel calls.</summary>
    public bool GroupSampling { get; init; } = true;

    /// <summary>Gets how long a call takes. Default zero.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Gets the clock of the latency. Default: the system's; give a <see cref="ManualTimeProvider"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
