class Measurement:
    method = ""
    error = 0.0
    coverage = (0, 0)

    def notes(self):
        return []

    def corrected(self, name, verdict):
        return verdict

    def entry(self, name, i):
        return None, None

    def count(self, name):
        return 0


def measurement_of(*args):
    return Measurement()
