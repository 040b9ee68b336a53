using System.CommandLine;

namespace Agents.Cli.CommandLine;

/// <summary>Options that several commands share; one instance each, so that they read and mean the same everywhere.</summary>
internal static class SharedOptions
{
    /// <summary>Gets <c>--json</c>.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Write one JSON document to standard output; everything else goes to standard error." };

    /// <summary>Gets <c>--verbose</c>, available everywhere.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show log lines and the details of errors on standard error.", Recursive = true };

    /// <summary>Gets <c>--model</c>.</summary>
    public static Option<string> Model { get; } = new("--model", "-m")
    {
        Description = "The model: tiny, a .gguf file, a folder with safetensors, or openai:NAME@URL.",
        HelpName = "MODEL",
        DefaultValueFactory = static _ => "tiny",
    };

    /// <summary>Gets <c>--seed</c>.</summary>
    public static Option<ulong> Seed { get; } = NumberOption.Unsigned("--seed", "Seed of the random streams; the same seed gives the same tokens.");

    /// <summary>Gets <c>--samples</c>.</summary>
    public static Option<int?> Samples { get; } = NumberOption.Whole("--samples", "How many candidates a strategy samples (default: the strategy's own).", 1, 1024);

    /// <summary>Gets <c>--temperature</c>.</summary>
    public static Option<double?> Temperature { get; } = NumberOption.Real("--temperature", "Sampling temperature; 0 is greedy (default: the strategy's own).", 0);

    /// <summary>Gets <c>--max-tokens</c>.</summary>
    public static Option<int?> MaxTokens { get; } = NumberOption.Whole("--max-tokens", "Token limit of each model call.", 1);

    /// <summary>Gets <c>--settings</c>.</summary>
    public static Option<string?> Settings { get; } = new("--settings") { Description = "The strategy's own settings as a JSON object.", HelpName = "JSON" };

    /// <summary>Gets <c>--retries</c>.</summary>
    public static Option<int?> Retries { get; } = NumberOption.Whole("--retries", "How often a failed call to an endpoint is tried again (default 3).", 0, 10);

    /// <summary>Gets the number of <c>--retries</c> when the option is absent.</summary>
    public const int DefaultRetries = 3;

    /// <summary>Gets <c>--adapter</c>.</summary>
    public static Option<string[]> Adapter { get; } = new("--adapter")
    {
        Description = "An adapter (GGUF file or PEFT folder) for a role of the strategy: ROLE=PATH, or PATH for all roles without one, or a roles.json. Can be repeated.",
        HelpName = "ROLE=PATH",
        DefaultValueFactory = static _ => [],
    };

    /// <summary>Gets <c>--record</c>.</summary>
    public static Option<string?> Record { get; } = new("--record")
    {
        Description = "Record every call with all branches and exact tokens in this folder, for 'agents data build' (default: nothing is recorded).",
        HelpName = "FOLDER",
    };

    /// <summary>Gets <c>--plugins</c>.</summary>
    public static Option<string[]> Plugins { get; } = new("--plugins")
    {
        Description = "A further folder of third-party plugins (one subfolder each). Can be repeated.",
        HelpName = "FOLDER",
        DefaultValueFactory = static _ => [],
    };

    /// <summary>Gets <c>--prompts</c>.</summary>
    public static Option<string[]> Prompts { get; } = new("--prompts")
    {
        Description = "A folder of prompts that replace shipped ones of the same name. Can be repeated.",
        HelpName = "FOLDER",
        DefaultValueFactory = static _ => [],
    };
}
