using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Agents.Models;
using Agents.Runtime.Yaml;
using Agents.Training.Backward;
using Agents.Training.Data;
using Agents.Training.Optimization;

namespace Agents.Runtime.Learning;

/// <summary>Reads training recipes. Every key is checked before anything starts; a misspelt one is an error that names the nearest.</summary>
public static class RecipeReader
{
    private static readonly string[] OutputTypes = ["q8_0", "f32", "f16", "bf16"];

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
    /// <exception cref="YamlFormatException">A key or value is wrong.</exception>
    public static TrainingRecipe Parse(string yaml, string source)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        YamlMap root = YamlMap.Parse(yaml, source, "name", "seed", "model", "tokenizer", "adapter", "data", "training", "checkpoint", "validation", "output");
        YamlMap model = root.Map(
            "model", "from", "architecture", "vocabulary", "hidden", "layers", "heads", "keyValueHeads", "headSize", "feedForward", "context", "tied", "ropeTheta");
        YamlMap training = root.Map(
            "training", "steps", "tokensPerStep", "rowsPerBatch", "maximumSequence", "learningRate", "warmUp", "finalShare", "schedule", "weightDecay", "beta1", "beta2", "clip", "recomputeLayers", "overlong");
        YamlMap checkpoint = root.Map("checkpoint", "everySteps", "everySeconds");
        YamlMap validation = root.Map("validation", "everySteps", "examples");
        YamlMap output = root.Map("output", "type");
        YamlMap data = root.Map("data", "promptWeight", "mixture");
        bool fresh = !model.Has("from");
        var recipe = new TrainingRecipe
        {
            Name = root.Text("name"),
            Seed = (ulong)root.Integer("seed", 0),
            Shape = fresh ? Shape(model) : null,
            StartFrom = fresh ? null : model.Text("from"),
            Tokenizer = Tokenizer(root, fresh ? model.Int32("vocabulary") : 0),
            Mixture = Mixture(data, source),
            PromptWeight = Share(data, "promptWeight", 0),
            Steps = Positive(training, "steps", training.Integer("steps")),
            Packing = new PackingOptions
            {
                TokensPerStep = training.Int32("tokensPerStep", 16_384),
                RowsPerBatch = training.Int32("rowsPerBatch", 2_048),
                MaximumSequence = training.Int32("maximumSequence", 1_024),
                Overlong = training.Choice("overlong", "refuse", "keepStart", "split") switch
                {
                    "keepStart" => OverlongPolicy.KeepStart,
                    "split" => OverlongPolicy.Split,
                    _ => OverlongPolicy.Refuse,
                },
            },
            LearningRate = new LearningRateSchedule
            {
                Peak = training.Number("learningRate", 1e-3),
                WarmUpShare = training.Number("warmUp", 0.02),
                FinalShare = training.Number("finalShare", 0.1),
                Shape = training.Choice("schedule", "cosine", "linear", "constant") switch
                {
                    "linear" => LearningRateShape.Linear,
                    "constant" => LearningRateShape.Constant,
                    _ => LearningRateShape.Cosine,
                },
            },
            Trainer = new DecoderTrainerOptions
            {
                MaximumRows = training.Int32("rowsPerBatch", 2_048),
                RecomputeLayers = training.Boolean("recomputeLayers", false),
                Optimizer = new AdamWOptions
                {
                    Beta1 = training.Number("beta1", 0.9),
                    Beta2 = training.Number("beta2", 0.95),
                    WeightDecay = training.Number("weightDecay", 0.1),
                    MaximumGradientNorm = training.Number("clip", 1),
                },
            },
            Adapter = AdapterRecipe.Read(root, model, training),
            CheckpointSteps = checkpoint.Int32("everySteps", 0),
            CheckpointInterval = checkpoint.Has("everySeconds") ? TimeSpan.FromSeconds(Positive(checkpoint, "everySeconds", checkpoint.Number("everySeconds"))) : null,
            ValidationSteps = validation.Int32("everySteps", 0),
            ValidationExamples = validation.Int32("examples", 200),
            OutputType = output.Choice("type", OutputTypes),
            Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(yaml.ReplaceLineEndings("\n")))),
        };
        Check(source, recipe);
        return recipe;
    }

    private static void Check(string source, TrainingRecipe recipe)
    {
        try
        {
            recipe.Packing.Validate();
            recipe.LearningRate.Validate();
            recipe.Trainer.Validate();
            recipe.Adapter?.Validate();
            recipe.Shape?.Validate();
        }
        catch (ArgumentException error)
        {
            throw new YamlFormatException($"'{source}': {error.Message}", error);
        }

        if (recipe.Shape is { } shape && recipe.Packing.MaximumSequence > shape.ContextLength)
        {
            throw new YamlFormatException($"'{source}': sequences of {recipe.Packing.MaximumSequence} tokens do not fit the model's context of {shape.ContextLength}.");
        }
    }

    private static ModelShape Shape(YamlMap model)
    {
        string architecture = model.Choice("architecture", "llama", "qwen2", "qwen3");
        int hidden = model.Int32("hidden");
        int heads = model.Int32("heads");
        var layer = new LayerShape(heads, model.Int32("keyValueHeads", heads), model.Int32("headSize", hidden / Math.Max(1, heads)), model.Int32("feedForward"));
        try
        {
            return ModelShape.Uniform(architecture, model.Int32("vocabulary"), hidden, model.Int32("layers"), layer, model.Int32("context", 1_024)) with
            {
                TiedEmbeddings = model.Boolean("tied", true),
                RopeTheta = model.Number("ropeTheta", 10_000),
            };
        }
        catch (ArgumentException error)
        {
            throw model.Broken("architecture", $"gives an impossible model: {error.Message}");
        }
    }

    private static TokenizerRecipe Tokenizer(YamlMap root, int vocabulary)
    {
        YamlMap tokenizer = root.Map("tokenizer", "preTokenizer", "examples", "reservedTokens");
        return new TokenizerRecipe(
            tokenizer.Choice("preTokenizer", "qwen2", "llama-bpe", "gpt-2"),
            vocabulary,
            tokenizer.Int32("examples", 20_000),
            tokenizer.Int32("reservedTokens", 16));
    }

    private static ImmutableArray<MixtureEntry> Mixture(YamlMap data, string source)
    {
        var entries = ImmutableArray.CreateBuilder<MixtureEntry>();
        foreach (YamlMap entry in data.Maps("mixture", "family", "role", "file", "weight"))
        {
            double weight = Positive(entry, "weight", entry.Number("weight", 1));
            if (entry.Has("file") == entry.Has("family"))
            {
                throw entry.Broken("family", "or 'file': a part of the mixture has exactly one of them");
            }

            string? file = entry.Has("file") ? Path.GetFullPath(entry.Text("file"), Path.GetDirectoryName(Path.GetFullPath(source))!) : null;
            entries.Add(new MixtureEntry(file is null ? entry.Text("family") : null, file is null ? entry.Text("role", "solve") : null, file, weight));
        }

        return entries.Count > 0 ? entries.ToImmutable() : throw data.Broken("mixture", "is empty: name at least one family or file");
    }

    private static double Share(YamlMap map, string key, double fallback)
    {
        double value = map.Number(key, fallback);
        return value is >= 0 and <= 1 ? value : throw map.Broken(key, $"is {value}, it must lie in [0, 1]");
    }

    private static T Positive<T>(YamlMap map, string key, T value)
        where T : System.Numerics.INumber<T> =>
        value > T.Zero ? value : throw map.Broken(key, $"is {value}, it must be positive");
}
