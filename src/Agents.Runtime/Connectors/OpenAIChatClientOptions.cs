namespace Agents.Runtime.Connectors;

/// <summary>Settings of a client of an OpenAI-compatible endpoint.</summary>
public sealed record OpenAIChatClientOptions
{
    /// <summary>Gets the API key; null for servers that ask for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gets whether the key may travel unencrypted to another machine. Default false: then a key, http and a host that is not this machine are an error.</summary>
    public bool AllowKeyWithoutEncryption { get; init; }

    /// <summary>Gets whether groups are asked for in one request (<c>n</c>). Default true; a server that ignores or refuses it is remembered and gets single calls.</summary>
    public bool GroupRequests { get; init; } = true;

    /// <summary>Gets the HTTP client; null for one of the client's own without a timeout (the resilience layer has one).</summary>
    public HttpClient? Http { get; init; }

    /// <summary>Gets the clock for dates in Retry-After. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
