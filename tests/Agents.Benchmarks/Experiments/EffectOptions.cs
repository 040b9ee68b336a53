using System.Collections.Immutable;
using System.Globalization;
using Agents.Evaluation.Tasks;

namespace Agents.Benchmarks.Experiments;

/// <summary>What is measured.</summary>
internal sealed record EffectOptions
{
    /// <summary>The arms in the order they run; the controls need the tokens of <c>grpo</c>.</summary>
    public static readonly ImmutableArray<string> AllArms = ["sft", "dpo", "rejection", "grpo", "control", "control-sampled"];

    /// <summary>Gets the arms.</summary>
    public ImmutableArray<string> Arms { get; init; } = AllArms;

    /// <summary>Gets the trained family.</summary>
    public string Family { get; init; } = "listing";

    /// <summary>Gets the seeds.</summary>
    public ImmutableArray<ulong> Seeds { get; init; } = [1, 2, 3];

    /// <summary>Gets the held-out questions per seed.</summary>
    public int Questions { get; init; } = 1_000;

    /// <summary>Gets the held-out questions per seed of each other family.</summary>
    public int Others { get; init; } = 200;

    /// <summary>Gets the split of the held-out questions: test, or validation while settings are being chosen.</summary>
    public TaskSplit Split { get; init; } = TaskSplit.Test;

    /// <summary>Gets the folder of the journal and of what trainers write.</summary>
    public string Folder { get; init; } = Path.Combine("runs", "train-effect");

    /// <summary>Gets settings that differ from the fixed ones, as name and value.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Changes { get; init; } = [];

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Arm, then pairs of <c>--name value</c>.</param>
    /// <exception cref="ArgumentException">An argument is unknown or incomplete.</exception>
    /// <exception cref="FormatException">A value is no number.</exception>
    public static EffectOptions Parse(IReadOnlyList<string> arguments)
    {
        EffectOptions options = new();
        string arm = arguments.Count > 0 ? arguments[0] : "all";
        options = arm == "all" ? options : options with { Arms = [.. arm.Split(',')] };
        if (options.Arms.FirstOrDefault(name => !AllArms.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"There is no arm '{unknown}'; arms are {string.Join(", ", AllArms)} and all.", nameof(arguments));
        }

        for (int i = 1; i < arguments.Count; i += 2)
        {
            string name = arguments[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < arguments.Count
                ? arguments[i][2..]
                : throw new ArgumentException($"'{arguments[i]}' is no option with a value.", nameof(arguments));
            string value = arguments[i + 1];
            options = name switch
            {
                "family" => options with { Family = TaskFamilies.Find(value).Id },
                "seeds" => options with { Seeds = [.. value.Split(',').Select(seed => ulong.Parse(seed, CultureInfo.InvariantCulture))] },
                "questions" => options with { Questions = int.Parse(value, CultureInfo.InvariantCulture) },
                "others" => options with { Others = int.Parse(value, CultureInfo.InvariantCulture) },
                "split" => options with { Split = Enum.Parse<TaskSplit>(value, ignoreCase: true) },
                "out" => options with { Folder = value },
                _ => options with { Changes = options.Changes.Add(KeyValuePair.Create(name, value)) },
            };
        }

        _ = options.SettingsOf("grpo");
        return options;
    }

    /// <summary>Returns the settings of an arm with the changes applied.</summary>
    /// <param name="arm">Name of the arm.</param>
    public ArmSettings SettingsOf(string arm) => Changes.Aggregate(ArmSettings.For(arm), (settings, change) => settings.With(change.Key, change.Value));
}
