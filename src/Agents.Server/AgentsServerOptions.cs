namespace Agents.Server;

/// <summary>What the OpenAI-compatible endpoint exposes and its limits. The defaults suit one user on one machine.</summary>
public sealed record AgentsServerOptions
{
    /// <summary>Shortest key that is accepted: 16 characters.</summary>
    public const int MinimumKeyLength = 16;

    /// <summary>Gets the id of the model in requests. Default null, which takes the name the chat client states, or <c>default</c>.</summary>
    public string? ModelId { get; init; }

    /// <summary>Gets the strategies that are offered as models <c>strategy:NAME</c>. Default none: nothing is exposed that is not listed.</summary>
    public IReadOnlyList<string> Strategies { get; init; } = [];

    /// <summary>Gets the keys of which each request must bring one as bearer token. Default none, which is allowed on loopback addresses only.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Gets the largest request body in bytes. Default 4 MiB.</summary>
    public long MaximumBodyBytes { get; init; } = 4 << 20;

    /// <summary>Gets the most messages of a request. Default 1,024.</summary>
    public int MaximumMessages { get; init; } = 1024;

    /// <summary>Gets the most tokens of an answer; larger or unstated limits become this. Default 4,096.</summary>
    public int MaximumTokens { get; init; } = 4096;

    /// <summary>Gets the most choices (<c>n</c>) of a request. Default 16.</summary>
    public int MaximumChoices { get; init; } = 16;

    /// <summary>Gets the most requests answered at the same time; more are refused with 429 at once. Default 64.</summary>
    public int MaximumConcurrentRequests { get; init; } = 64;

    /// <summary>Gets the seed from which requests to strategies that bring none are seeded. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">Lists every setting that is wrong; keys are never quoted.</exception>
    public void Validate()
    {
        List<string> broken = [];
        Require(broken, ModelId is null || (ModelId.Length > 0 && !ModelId.StartsWith(StrategyPrefix, StringComparison.Ordinal)), $"the model id must not be empty or begin with '{StrategyPrefix}'");
        Require(broken, Strategies.All(name => !string.IsNullOrWhiteSpace(name)) && Strategies.Distinct(StringComparer.Ordinal).Count() == Strategies.Count, "strategies must be distinct names");
        Require(broken, ApiKeys.All(key => key?.Length >= MinimumKeyLength && key.All(letter => letter is > ' ' and < (char)127)), $"keys must have at least {MinimumKeyLength} visible ASCII characters");
        Require(broken, MaximumBodyBytes is >= 1024 and <= 1L << 30, $"maximum body bytes {MaximumBodyBytes} must lie in 1024 to 2^30");
        Require(broken, MaximumMessages is >= 1 and <= 1 << 16, $"maximum messages {MaximumMessages} must lie in 1 to 65536");
        Require(broken, MaximumTokens >= 1, $"maximum tokens {MaximumTokens} must be positive");
        Require(broken, MaximumChoices is >= 1 and <= 1024, $"maximum choices {MaximumChoices} must lie in 1 to 1024");
        Require(broken, MaximumConcurrentRequests >= 1, $"maximum concurrent requests {MaximumConcurrentRequests} must be positive");
        if (broken.Count > 0)
        {
            throw new ArgumentException("The server options are invalid: " + string.Join("; ", broken) + ".");
        }
    }

    /// <summary>What the ids of strategies begin with.</summary>
    internal const string StrategyPrefix = "strategy:";

    private static void Require(List<string> broken, bool holds, string sentence)
    {
        if (!holds)
        {
            broken.Add(sentence);
        }
    }
}
