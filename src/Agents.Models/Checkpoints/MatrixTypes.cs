using System.Collections.Immutable;
using System.Globalization;
using Agents.Numerics.Formats;

namespace Agents.Models.Checkpoints;

/// <summary>
/// Which element type each matrix of a model file gets: one type for all, or a mixture (papers/00-quantization-baselines §5). Rows that are no whole number of
/// a type's blocks get a type with smaller blocks and about as many bits. Vectors (norms, biases) are always F32 and not asked for.
/// </summary>
public sealed class MatrixTypes
{
    private const int SuperBlock = 256;
    private const int Block = 32;

    private static readonly ImmutableArray<MatrixTypes> Known = [.. BlockFormats.All.Select(format => new MatrixTypes(format.Type)), new("q4_k_m", ElementType.Q4_K, 15)];

    private MatrixTypes(ElementType type)
        : this(type.ToString().ToLowerInvariant(), type, FileTypeOf(type))
    {
    }

    private MatrixTypes(string id, ElementType main, uint fileType)
    {
        Id = id;
        Main = main;
        FileType = fileType;
    }

    /// <summary>Gets every type this build can write, and the mixtures, in a fixed order.</summary>
    public static IReadOnlyList<MatrixTypes> All => Known;

    /// <summary>
    /// Gets the mixture Q4_K_M: Q4_K, but Q6_K for the output matrix (or the tied embedding) and for the value and down projections of the first and the
    /// last eighth of the layers and every third one between.
    /// </summary>
    public static MatrixTypes Q4KM => Known[^1];

    /// <summary>Gets the stable id, such as <c>q4_k</c> or <c>q4_k_m</c>.</summary>
    public string Id { get; }

    /// <summary>Gets the type of most matrices.</summary>
    public ElementType Main { get; }

    /// <summary>Gets the number that GGUF files carry as <c>general.file_type</c>.</summary>
    public uint FileType { get; }

    /// <summary>Gets whether matrices may differ in type even where all row lengths fit.</summary>
    public bool IsMixture => FileType == 15;

    /// <summary>Stores every matrix in one type.</summary>
    /// <param name="type">A type this build can write.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentException">This build cannot write the type; the message lists those it can.</exception>
    public static MatrixTypes Of(ElementType type) =>
        Known.FirstOrDefault(known => known.Main == type && !known.IsMixture)
        ?? throw new ArgumentException(
            $"Models are written as {string.Join(", ", BlockFormats.All.Select(format => format.Name))}, not as {BlockLayouts.NameOf(type)}.", nameof(type));

    /// <summary>The type for rows that may be no whole number of blocks: Q2_K, Q3_K and ternary become Q4_0, Q4_K Q5_0, Q5_K Q5_1, Q6_K Q8_0, and what does not fit blocks of 32 either becomes F16.</summary>
    /// <param name="type">The type that is wanted.</param>
    /// <param name="rowLength">Elements per row.</param>
    /// <returns>The wanted type or its substitute.</returns>
    public static ElementType Fallback(ElementType type, long rowLength)
    {
        int blockElements = BlockFormats.Get(type).BlockElements;
        if (rowLength % blockElements == 0)
        {
            return type;
        }

        if (blockElements != SuperBlock || rowLength % Block != 0)
        {
            return ElementType.F16;
        }

        return type switch
        {
            ElementType.Q4_K => ElementType.Q5_0,
            ElementType.Q5_K => ElementType.Q5_1,
            ElementType.Q6_K => ElementType.Q8_0,
            _ => ElementType.Q4_0,
        };
    }

    /// <summary>The type of one matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <returns>A type whose blocks its rows fill.</returns>
    public ElementType TypeFor(MatrixDescription matrix) => Fallback(Wanted(matrix), matrix.RowLength);

    /// <summary>Whether a matrix cannot have the type that the rule means for it, because of its row length.</summary>
    /// <param name="matrix">The matrix.</param>
    public bool IsFallback(MatrixDescription matrix) => TypeFor(matrix) != Wanted(matrix);

    private static uint FileTypeOf(ElementType type) => type switch
    {
        ElementType.F32 => 0,
        ElementType.F16 => 1,
        ElementType.Q4_0 => 2,
        ElementType.Q4_1 => 3,
        ElementType.Q8_0 => 7,
        ElementType.Q5_0 => 8,
        ElementType.Q5_1 => 9,
        ElementType.Q2_K => 10,
        ElementType.Q3_K => 11,
        ElementType.Q4_K => 14,
        ElementType.Q5_K => 16,
        ElementType.Q6_K => 18,
        ElementType.IQ4_NL => 25,
        ElementType.BF16 => 32,
        ElementType.TQ1_0 => 36,
        ElementType.TQ2_0 => 37,
        _ => throw new NotSupportedException($"Files of {type} matrices have no known number."),
    };

    private ElementType Wanted(MatrixDescription matrix)
    {
        if (!IsMixture)
        {
            return Main;
        }

        bool output = matrix.Name == "output.weight" || (matrix.TiedEmbeddings && matrix.Name == "token_embd.weight");
        return output || IsSensitive(matrix) ? ElementType.Q6_K : Main;
    }

    /// <summary>Value and down projections of some layers lose most.</summary>
    private static bool IsSensitive(MatrixDescription matrix)
    {
        string[] parts = matrix.Name.Split('.');
        if (parts is not ["blk", string number, "attn_v" or "ffn_down", "weight"]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer))
        {
            return false;
        }

        int eighth = matrix.Layers / 8;
        return layer < eighth || layer >= 7 * matrix.Layers / 8 || (layer - eighth) % 3 == 2;
    }
}
