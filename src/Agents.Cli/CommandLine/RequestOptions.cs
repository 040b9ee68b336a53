using System.CommandLine;
using System.Text.Json;
using Agents.Budgets;
using Agents.Cli.Output;
using Agents.Reasoning;

namespace Agents.Cli.CommandLine;

/// <summary>Options of commands that answer questions: strategy options and budget.</summary>
internal sealed class RequestOptions
{
    private readonly Option<int?> _tokens = NumberOption.Whole("--budget-tokens", "Stop after this many prompt and completion tokens of all calls together.", 1);
    private readonly Option<int?> _calls = NumberOption.Whole("--budget-calls", "Stop after this many model calls.", 1);
    private readonly Option<double?> _seconds = NumberOption.Real("--budget-seconds", "Stop after this time, with the best answer so far.", 0, exclusive: true);

    /// <summary>Gets <c>--system</c>.</summary>
    public Option<string?> System { get; } = new("--system") { Description = "A system message in front of the question.", HelpName = "TEXT" };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [System, SharedOptions.Samples, SharedOptions.Temperature, SharedOptions.Seed, SharedOptions.MaxTokens, _tokens, _seconds, _calls, SharedOptions.Settings])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the strategy options.</summary>
    /// <param name="arguments">The parsed command line.</param>
    /// <exception cref="UsageException">The settings are no JSON object.</exception>
    public static StrategyOptions ReadStrategy(ParseResult arguments) => new()
    {
        Samples = arguments.GetValue(SharedOptions.Samples),
        Temperature = arguments.GetValue(SharedOptions.Temperature),
        MaxTokens = arguments.GetValue(SharedOptions.MaxTokens),
        Seed = arguments.GetValue(SharedOptions.Seed),
        Settings = ReadSettings(arguments.GetValue(SharedOptions.Settings)),
    };

    /// <summary>Reads the budget.</summary>
    /// <param name="arguments">The parsed command line.</param>
    /// <exception cref="UsageException">A limit cannot be met.</exception>
    public Budget ReadBudget(ParseResult arguments)
    {
        double? seconds = arguments.GetValue(_seconds);
        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            throw new UsageException($"--budget-seconds is {seconds}, more than a clock can count; leave the option out for no limit.");
        }

        return new Budget
        {
            Tokens = arguments.GetValue(_tokens),
            Calls = arguments.GetValue(_calls),
            Duration = seconds is { } limit ? TimeSpan.FromSeconds(limit) : null,
        };
    }

    private static JsonElement? ReadSettings(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new UsageException($"--settings is a JSON {document.RootElement.ValueKind}, expected an object.");
        }
        catch (JsonException error)
        {
            throw new UsageException($"--settings is no JSON: {error.Message}", error);
        }
    }
}
