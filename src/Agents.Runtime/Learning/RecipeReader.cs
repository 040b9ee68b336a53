using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Agents.Models;
using Agents.Runtime.Learning.Roles;
using Agents.Runtime.Yaml;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Optimization;

namespace Agents.Runtime.Learning;

/// <summary>Reads training recipes. Every key is checked before anything starts; a misspelt one is an error that names the nearest, and one reading names all errors it can find.</summary>
public static class RecipeReader
{
    private static readonly string[] OutputTypes = ["q8_0", "f32", "f16", "bf16"];
    private static readonly string[] Loops = ["supervised", "preference", "reinforcement", "rejection", "roles"];
    private static readonly string[] PreflightModes = ["on", "report", "off"];
    private static readonly string[] TrainingKeys =
    [
        "steps", "tokensPerStep", "rowsPerBatch", "maximumSequence", "learningRate", "warmUp", "finalShare", "schedule", "weightDecay", "beta1", "beta2", "clip",
        "recomputeLayers", "overlong",
    ];

    /// <summary>Reads a recipe file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="YamlFormatException">A key or value is wrong.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static TrainingRecipe Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path)
            ? Parse(File.ReadAllText(path), path)
            : throw new FileNotFoundException($"There is no recipe '{path}'. Recipes are YAML files such as samples/recipes/tiny-smoke.yaml.", path);
    }

    /// <summary>Reads the text of a recipe.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">Name of the file, for errors; paths in the recipe are relative to its folder.</param>
    /// <exception cref="YamlFormatException">Keys or values are wrong; the message names all that were found.</exception>
    public static TrainingRecipe Parse(string yaml, string source)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        YamlErrors errors = new(source);
        YamlMap root = YamlMap.Parse(
            yaml, source, errors, "name", "seed", "loop", "model", "tokenizer", "adapter", "data", "training", "preference", "reinforcement", "rejection", "roles", "checkpoint", "validation", "output", "preflight");
        YamlMap model = root.Map(
            "model", "from", "architecture", "vocabulary", "hidden", "layers", "heads", "keyValueHeads", "headSize", "feedForward", "context", "tied", "ropeTheta");
        YamlMap training = root.Map("training", TrainingKeys);
        YamlMap checkpoint = root.Map("checkpoint", "everySteps", "everySeconds");
        YamlMap validation = root.Map("validation", "everySteps", "examples");
        YamlMap output = root.Map("output", "type");
        YamlMap data = root.Map("data", "promptWeight", "mixture");
        TrainingLoop loop = (TrainingLoop)Array.IndexOf(Loops, root.Choice("loop", Loops));
        LoopSections.Check(root, model, training, data, loop);
        bool fresh = !model.Has("from");
        string folder = Path.GetDirectoryName(Path.GetFullPath(source))!;
        var recipe = new TrainingRecipe
        {
            Name = Name(root),
            Seed = Seed(root),
            Loop = loop,
            Preflight = (PreflightMode)Array.IndexOf(PreflightModes, root.Choice("preflight", PreflightModes)),
            Shape = fresh && loop == TrainingLoop.Supervised ? Shape(model, errors) : null,
            StartFrom = fresh ? null : model.Text("from"),
            Tokenizer = Tokenizer(root, fresh && loop == TrainingLoop.Supervised ? model.PositiveInt32("vocabulary") : 0),
            Mixture = loop == TrainingLoop.Preference && root.Map("preference", LoopSections.PreferenceKeys).Has("file") ? [] : Mixture(data, folder),
            PromptWeight = data.Within("promptWeight", 0, 1, 0),
            Steps = loop == TrainingLoop.Roles ? 1 : training.PositiveInteger("steps"),
            Packing = Packing(training, loop),
            LearningRate = LearningRate(training),
            Trainer = new DecoderTrainerOptions
            {
                MaximumRows = training.PositiveInt32("rowsPerBatch", 2_048),
                RecomputeLayers = training.Boolean("recomputeLayers", false),
                Optimizer = new AdamWOptions
                {
                    Beta1 = training.Below("beta1", 0, 1, 0.9),
                    Beta2 = training.Below("beta2", 0, 1, 0.95),
                    WeightDecay = training.AtLeast("weightDecay", 0.0, 0.1),
                    MaximumGradientNorm = training.PositiveNumber("clip", 1),
                },
            },
            Adapter = AdapterRecipe.Read(root, model, training),
            AdapterStart = AdapterRecipe.Start(root, folder),
            Preference = loop == TrainingLoop.Preference ? PreferenceSection.Read(root, folder) : null,
            Reinforcement = loop == TrainingLoop.Reinforcement ? ReinforcementSection.Read(root, folder) : null,
            Rejection = loop == TrainingLoop.Rejection ? RejectionSection.Read(root) : null,
            Roles = loop == TrainingLoop.Roles ? RolesSection.Read(root) : null,
            CheckpointSteps = checkpoint.AtLeast("everySteps", 0, 0),
            CheckpointInterval = checkpoint.Has("everySeconds") ? TimeSpan.FromSeconds(checkpoint.PositiveNumber("everySeconds")) : null,
            ValidationSteps = validation.AtLeast("everySteps", 0, 0),
            ValidationExamples = validation.PositiveInt32("examples", 200),
            OutputType = output.Choice("type", OutputTypes),
            Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml.ReplaceLineEndings("\n")))),
        };
        errors.ThrowIfAny();
        Check(recipe, errors);
        errors.ThrowIfAny();
        return recipe;
    }

    /// <summary>Checks what no single key decides; each part names all its own errors.</summary>
    private static void Check(TrainingRecipe recipe, YamlErrors errors)
    {
        foreach (Action validate in (Action[])[recipe.Packing.Validate, recipe.LearningRate.Validate, recipe.Trainer.Validate, () => recipe.Adapter?.Validate(), () => recipe.Shape?.Validate()])
        {
            try
            {
                validate();
            }
            catch (ArgumentException error)
            {
                errors.Add(0, error.Message);
            }
        }

        if (recipe is { AdapterStart: not null, Preference.NeedsReference: true } or { AdapterStart: not null, Reinforcement: { KlCoefficient: > 0, KlReference: null } })
        {
            errors.Add(0, "the loss compares with the start model, which 'adapter.from' changes: merge that adapter into the model first, or choose a loss without reference (simpo, orpo; kl.coefficient 0)");
        }

        if (recipe.Shape is { } shape && recipe.Packing.MaximumSequence > shape.ContextLength)
        {
            errors.Add(0, $"sequences of {recipe.Packing.MaximumSequence} tokens do not fit the model's context of {shape.ContextLength}");
        }
    }

    private static string Name(YamlMap root)
    {
        string name = root.Text("name");
        return !root.IsSound("name") || (name.Length > 0 && name.IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && name is not ("." or ".."))
            ? name
            : root.Refuse("name", $"is '{name}'; it names files, so give it letters, digits and hyphens", "recipe");
    }

    private static ulong Seed(YamlMap root)
    {
        long seed = root.Integer("seed", 0);
        return seed >= 0 ? (ulong)seed : root.Refuse<ulong>("seed", $"is {seed}, it must be at least 0", 0);
    }

    private static PackingOptions Packing(YamlMap training, TrainingLoop loop)
    {
        int rows = training.PositiveInt32("rowsPerBatch", 2_048);
        if (loop is TrainingLoop.Preference or TrainingLoop.Reinforcement)
        {
            return new PackingOptions { TokensPerStep = rows, RowsPerBatch = rows, MaximumSequence = rows };
        }

        return new PackingOptions
        {
            TokensPerStep = training.PositiveInt32("tokensPerStep", 16_384),
            RowsPerBatch = rows,
            MaximumSequence = training.PositiveInt32("maximumSequence", 1_024),
            Overlong = training.Choice("overlong", "refuse", "keepStart", "split") switch
            {
                "keepStart" => OverlongPolicy.KeepStart,
                "split" => OverlongPolicy.Split,
                _ => OverlongPolicy.Refuse,
            },
        };
    }

    private static LearningRateSchedule LearningRate(YamlMap training) => new()
    {
        Peak = training.PositiveNumber("learningRate", 1e-3),
        WarmUpShare = training.Below("warmUp", 0, 1, 0.02),
        FinalShare = training.Within("finalShare", 0, 1, 0.1),
        Shape = training.Choice("schedule", "cosine", "linear", "constant") switch
        {
            "linear" => LearningRateShape.Linear,
            "constant" => LearningRateShape.Constant,
            _ => LearningRateShape.Cosine,
        },
    };

    private static ModelShape? Shape(YamlMap model, YamlErrors errors)
    {
        int before = errors.Count;
        string architecture = model.Choice("architecture", "llama", "qwen2", "qwen3");
        int hidden = model.PositiveInt32("hidden");
        int heads = model.PositiveInt32("heads");
        var layer = new LayerShape(heads, model.PositiveInt32("keyValueHeads", heads), model.PositiveInt32("headSize", Math.Max(1, hidden / heads)), model.PositiveInt32("feedForward"));
        int vocabulary = model.PositiveInt32("vocabulary");
        int layers = model.PositiveInt32("layers");
        int context = model.PositiveInt32("context", 1_024);
        bool tied = model.Boolean("tied", true);
        double theta = model.PositiveNumber("ropeTheta", 10_000);
        if (errors.Count > before)
        {
            return null;
        }

        try
        {
            return ModelShape.Uniform(architecture, vocabulary, hidden, layers, layer, context) with { TiedEmbeddings = tied, RopeTheta = theta };
        }
        catch (ArgumentException error)
        {
            return model.Refuse<ModelShape?>("architecture", $"gives an impossible model: {error.Message}", null);
        }
    }

    private static TokenizerRecipe Tokenizer(YamlMap root, int vocabulary)
    {
        YamlMap tokenizer = root.Map("tokenizer", "preTokenizer", "examples", "reservedTokens");
        return new TokenizerRecipe(
            tokenizer.Choice("preTokenizer", "qwen2", "llama-bpe", "gpt-2"),
            vocabulary,
            tokenizer.PositiveInt32("examples", 20_000),
            tokenizer.AtLeast("reservedTokens", 0, 16));
    }

    private static ImmutableArray<MixtureEntry> Mixture(YamlMap data, string folder)
    {
        var entries = ImmutableArray.CreateBuilder<MixtureEntry>();
        foreach (YamlMap entry in data.Maps("mixture", "family", "role", "file", "weight"))
        {
            double weight = entry.PositiveNumber("weight", 1);
            if (entry.Has("file") == entry.Has("family"))
            {
                entry.Refuse("family", "or 'file': a part of the mixture has exactly one of them", 0);
                continue;
            }

            string? file = entry.Has("file") ? Path.GetFullPath(entry.Text("file"), folder) : null;
            entries.Add(new MixtureEntry(file is null ? entry.Text("family") : null, file is null ? entry.Text("role", "solve") : null, file, weight));
        }

        return entries.Count > 0 || !data.IsSound("mixture") ? entries.ToImmutable() : data.Refuse<ImmutableArray<MixtureEntry>>("mixture", "is empty: name at least one family or file", []);
    }
}
