using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Agents.Models.Tests.Oracles;

/// <summary>The quantizer in the shared libraries that the npm package brings along.</summary>
internal static unsafe class LlamaCppLibrary
{
    private static readonly Lock Gate = new();

    private static nint loaded;

    /// <summary>Quantizes a file as llama.cpp's own command does.</summary>
    /// <param name="folder">Folder where tests/oracles/llama-cpp is installed.</param>
    /// <param name="input">A GGUF file.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="fileType">Number of the file type.</param>
    /// <param name="pure">Whether all matrices get the same type.</param>
    public static void Quantize(string folder, string input, string output, uint fileType, bool pure)
    {
        lock (Gate)
        {
            nint library = loaded == 0 ? loaded = Load(folder) : loaded;
            var defaults = (delegate* unmanaged<Parameters>)NativeLibrary.GetExport(library, "llama_model_quantize_default_params");
            var quantize = (delegate* unmanaged<byte*, byte*, Parameters*, uint>)NativeLibrary.GetExport(library, "llama_model_quantize");
            Parameters parameters = defaults();
            parameters.Threads = 1;
            parameters.FileType = (int)fileType;
            parameters.Pure = pure ? (byte)1 : (byte)0;
            fixed (byte* from = Encoding.UTF8.GetBytes(input + "\0"))
            fixed (byte* to = Encoding.UTF8.GetBytes(output + "\0"))
            {
                Assert.Equal(0u, quantize(from, to, &parameters));
            }
        }
    }

    private static nint Load(string folder)
    {
        string binaries = Path.Combine(folder, "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64");
        Assert.SkipUnless(Directory.Exists(binaries), $"{binaries} is missing; run npm install in {folder} on Linux x64.");
        NativeLibrary.Load(Path.Combine(binaries, "libggml-base.so"));
        nint backends = NativeLibrary.Load(Directory.GetFiles(binaries, "libggml.*so").Single());
        nint library = NativeLibrary.Load(Directory.GetFiles(binaries, "libllama.*so").Single());
        ((delegate* unmanaged<delegate* unmanaged[Cdecl]<int, byte*, void*, void>, void*, void>)NativeLibrary.GetExport(library, "llama_log_set"))(&Ignore, null);
        fixed (byte* path = Encoding.UTF8.GetBytes(binaries + "\0"))
        {
            ((delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(backends, "ggml_backend_load_all_from_path"))(path);
        }

        ((delegate* unmanaged<void>)NativeLibrary.GetExport(library, "llama_backend_init"))();
        return library;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(int level, byte* text, void* state)
    {
    }

    /// <summary>The first fields of the library's structure, which is returned in memory; the rest is room.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Parameters
    {
        [FieldOffset(0)]
        public int Threads;

        [FieldOffset(4)]
        public int FileType;

        [FieldOffset(19)]
        public byte Pure;
    }
}
